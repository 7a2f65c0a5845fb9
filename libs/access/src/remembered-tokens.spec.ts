import { beforeEach, describe, expect, it } from '@jest/globals';
import { rememberTokens } from './remembered-tokens.js';
import { InvalidToken, type TokenVerifier } from './tokens.js';

const limits = { tokensMax: 2, charactersMax: 10, msMax: 1_000 };
const expiresAtMs = 5_000;

describe('a token that has been verified', () => {
  let nowMs: number;
  let verified: string[];
  let tokens: TokenVerifier;

  beforeEach(() => {
    nowMs = 0;
    verified = [];
    const verifier: TokenVerifier = {
      async verify(token) {
        verified.push(token);
        if (token === 'forged') throw new InvalidToken('it is forged');
        return { subject: token, organisationId: 'acme', expiresAtMs };
      },
    };
    tokens = rememberTokens(verifier, () => nowMs, limits);
  });

  it('is believed until its time is over, and is verified again at that very instant', async () => {
    const claims = await tokens.verify('ada');
    nowMs = 999;
    expect(await tokens.verify('ada')).toEqual(claims);
    expect(verified).toEqual(['ada']);
    nowMs = 1_000;
    await tokens.verify('ada');
    expect(verified).toEqual(['ada', 'ada']);
  });

  it('is not believed beyond its own expiry', async () => {
    nowMs = expiresAtMs - 1;
    await tokens.verify('ada');
    nowMs = expiresAtMs;
    await tokens.verify('ada');
    expect(verified).toEqual(['ada', 'ada']);
  });

  it('is known by all of its characters', async () => {
    expect((await tokens.verify('ada')).subject).toBe('ada');
    expect((await tokens.verify('adb')).subject).toBe('adb');
  });

  it('is not remembered when it is forged, or too long', async () => {
    await expect(tokens.verify('forged')).rejects.toThrow(InvalidToken);
    await expect(tokens.verify('forged')).rejects.toThrow(InvalidToken);
    await tokens.verify('eleven-long');
    await tokens.verify('eleven-long');
    expect(verified).toEqual(['forged', 'forged', 'eleven-long', 'eleven-long']);
  });

  it('is forgotten when others have been verified since', async () => {
    for (const token of ['ada', 'bob', 'cy', 'bob', 'ada']) await tokens.verify(token);
    expect(verified).toEqual(['ada', 'bob', 'cy', 'ada']);
  });
});
