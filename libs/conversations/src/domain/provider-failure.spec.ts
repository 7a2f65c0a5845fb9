import { describe, expect, it } from '@jest/globals';
import { classify } from '#channels/whatsapp';
import { windowExpired, windowExpiredSentence } from './failure.js';
import { providerFailure } from './provider-failure.js';

const error = (code: string, details: string | null = null) => ({
  code,
  title: 'the title',
  message: 'the message',
  details,
});
const failureOf = (code: string) => {
  const told = error(code);
  return providerFailure({ error: told, errorClass: classify(told) }, 'WhatsApp');
};

describe('a failure', () => {
  it('R016: says the sentence byte for byte', () => {
    const sentence = 'A template message is required outside the 24-hour messaging window.';
    expect(windowExpiredSentence).toBe(sentence);
    expect(Buffer.from(windowExpired().message)).toEqual(Buffer.from(sentence));
    expect(failureOf('131047').message).toBe(sentence);
  });

  it.each([
    ['131047', 'window_expired'],
    ['132001', 'template_not_approved'],
    ['131026', 'invalid_phone_number'],
    ['131021', 'invalid_phone_number'],
    ['131030', 'invalid_phone_number'],
  ])('R105, R107: has for %s the reason %s', (code, reason) => {
    expect(failureOf(code)).toMatchObject({ reason, providerCode: code });
  });

  it('R106: keeps the words of WhatsApp verbatim, the most detailed ones', () => {
    const errorClass = { reason: 'whatever', retryable: false };
    const words = '  Message failed to send because… \u{1f6ab}\n';
    const told = providerFailure({ error: error('1', words), errorClass }, 'WhatsApp');
    expect(told).toMatchObject({ providerMessage: words, providerCode: '1' });
    const plain = providerFailure({ error: error('1'), errorClass }, 'WhatsApp');
    expect(plain.providerMessage).toBe('the message');
    const bare = { code: '1', title: 'the title', message: null, details: null };
    expect(providerFailure({ error: bare, errorClass }, 'SMS').providerMessage).toBe('the title');
    const mute = { ...bare, title: null };
    expect(providerFailure({ error: mute, errorClass }, 'SMS').providerMessage).toBeNull();
  });

  it('has words of our own for people also where the reason is a rare one', () => {
    expect(failureOf('999999').message).toBe('WhatsApp did not deliver this message.');
    const errorClass = { reason: 'whatever', retryable: false };
    const bySms = providerFailure({ error: error('1'), errorClass }, 'SMS');
    expect(bySms.message).toBe('The SMS was not delivered.');
  });
});
