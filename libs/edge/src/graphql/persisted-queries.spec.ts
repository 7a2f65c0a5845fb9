import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeOf, fieldOf, startFixture } from '../spec/fixture.js';
import type { Fixture } from '../spec/fixture.js';
import { createDocumentCache } from './persisted-queries.js';

const hashOf = (query: string): string => createHash('sha256').update(query).digest('hex');
const named = (sha256Hash: unknown, version: unknown = 1) => ({
  extensions: { persistedQuery: { version, sha256Hash } },
});

describe('automatic persisted queries', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture();
  });
  afterAll(() => fixture.close());
  const preflight = { 'apollo-require-preflight': '1' };

  it('GQ11: knows a document by its hash once it was sent with it, by GET too', async () => {
    const query = '{ open }';
    const unknown = await fixture.post(named(hashOf(query)));
    expect([unknown.status, codeOf(unknown)]).toEqual([200, 'PERSISTED_QUERY_NOT_FOUND']);
    expect(unknown.errors[0]?.message).toBe('PersistedQueryNotFound');
    expect((await fixture.post({ query, ...named(hashOf(query)) })).data).toEqual({ open: 'open' });
    expect((await fixture.post(named(hashOf(query)))).data).toEqual({ open: 'open' });
    const extensions = encodeURIComponent(JSON.stringify(named(hashOf(query)).extensions));
    const byGet = await fetch(`${fixture.url}/graphql?extensions=${extensions}`, {
      headers: preflight,
    });
    expect(await byGet.json()).toMatchObject({ data: { open: 'open' } });
  });

  it('GQ11: never executes a mutation by GET, however it is named', async () => {
    const query = 'mutation { say(input: {text: "hi"}) { text } }';
    expect(
      (await fixture.post({ query, ...named(hashOf(query)) }, { as: 'agent' })).errors,
    ).toEqual([]);
    const extensions = encodeURIComponent(JSON.stringify(named(hashOf(query)).extensions));
    const authorization = `Bearer ${await fixture.token('agent')}`;
    const response = await fetch(`${fixture.url}/graphql?extensions=${extensions}`, {
      headers: { ...preflight, authorization },
    });
    expect(response.status).toBe(405);
  });

  it('keeps no document that is refused', async () => {
    const query = '{ nothing }';
    await fixture.post({ query, ...named(hashOf(query)) });
    expect(codeOf(await fixture.post(named(hashOf(query))))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  it('refuses a hash that is another document’s, and what is no such extension', async () => {
    const query = '{ open }';
    for (const wrong of [
      { query, ...named(hashOf('{ closed }')) },
      { query, ...named(null) },
      { query, ...named(hashOf(query), 2) },
      { query, extensions: { persistedQuery: 'x' } },
    ]) {
      const answer = await fixture.post(wrong);
      expect([answer.status, codeOf(answer), fieldOf(answer)]).toEqual([
        400,
        'BAD_USER_INPUT',
        'extensions',
      ]);
    }
    expect(codeOf(await fixture.post(named({ not: 'a hash' })))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  it('forgets first what was asked for longest ago, by count and by characters', async () => {
    const few = createDocumentCache({ documentsMax: 2, charactersMax: 1_000 });
    for (const key of ['a', 'b']) await few.set(key, key);
    await few.get('a');
    await few.set('c', 'c');
    expect(await Promise.all(['a', 'b', 'c'].map(few.get))).toEqual(['a', undefined, 'c']);
    const small = createDocumentCache({ documentsMax: 100, charactersMax: 10 });
    await small.set('a', 'aaaa');
    await small.set('b', 'bbbb');
    await small.set('b', 'bbbbbb');
    expect(await Promise.all(['a', 'b'].map(small.get))).toEqual(['aaaa', 'bbbbbb']);
    await small.set('c', 'c');
    expect(await Promise.all(['a', 'b', 'c'].map(small.get))).toEqual([undefined, 'bbbbbb', 'c']);
    await small.set('d', 'd'.repeat(11));
    expect(await Promise.all(['b', 'c', 'd'].map(small.get))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
