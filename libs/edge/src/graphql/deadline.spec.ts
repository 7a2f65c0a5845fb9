import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeOf, startFixture } from '../spec/fixture.js';
import type { Fixture } from '../spec/fixture.js';

const operationMsMax = 200;

describe('the deadline of an operation', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture({ limits: { operationMsMax } });
  });
  afterAll(() => fixture.close());
  const waits = (ms: number) =>
    fixture.post({ query: `{ open waits(ms: ${ms}) }` }, { as: 'agent' });

  it('S18: ends what waits too long with TIMEOUT and the limit, and answers the rest', async () => {
    const answer = await waits(2_000);
    expect(answer.data).toEqual({ open: 'open', waits: null });
    expect(answer.errors[0]?.extensions).toEqual({ code: 'TIMEOUT', limit: operationMsMax });
    expect(answer.errors[0]?.message).toContain(`${operationMsMax} ms`);
  });

  it('S18: leaves alone what is done in time, each operation by its own clock', async () => {
    for (let again = 0; again < 4; again += 1)
      expect((await waits(60)).data).toEqual({ open: 'open', waits: 60 });
  });

  it('S18: tells a mutation that it may still be done', async () => {
    const answer = await fixture.post({ query: 'mutation { waitsToo }' }, { as: 'agent' });
    expect(codeOf(answer)).toBe('TIMEOUT');
    expect(answer.errors[0]?.message).toContain('idempotency key');
  });

  const streamed = async (query: string, as: string): Promise<string> => {
    const response = await fetch(`${fixture.url}/graphql/stream`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await fixture.token(as)}`,
      },
      body: JSON.stringify({ query }),
    });
    return response.text();
  };

  it('S18: ends a query that came for a stream alike', async () => {
    expect(await streamed('{ waits(ms: 2000) }', 'agent')).toContain('"code":"TIMEOUT"');
  });

  it('S18: is none for a subscription, which may take for ever', async () => {
    const told = await streamed('subscription { slowly { id secret } }', 'manager');
    expect(told).toContain('{"id":"two","secret":"secret"}');
    expect(told).not.toContain('TIMEOUT');
  });
});
