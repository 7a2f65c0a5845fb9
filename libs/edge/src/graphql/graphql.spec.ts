import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { undeclaredResolvers } from '#access';
import { codeOf, fieldOf, startFixture } from '../spec/fixture.js';
import type { Answer, Fixture } from '../spec/fixture.js';
import { held } from '../spec/resolvers.js';

describe('GraphQL over HTTP', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture();
  });
  afterAll(() => fixture.close());
  const ask = (query: string, as?: string, variables?: object): Promise<Answer> =>
    fixture.post({ query, variables }, as === undefined ? {} : { as });

  describe('who may ask', () => {
    it('knows the principal by its token', async () => {
      const { status, data } = await ask('{ whoAmI { id capabilities } }', 'viewer');
      expect([status, data]).toEqual([
        200,
        { whoAmI: { id: 'viewer', capabilities: ['messages.view'] } },
      ]);
    });

    it('refuses a missing, a forged and a stranger’s token alike: 401', async () => {
      const stranger = await fixture.token('stranger');
      const texts = new Set<string>();
      for (const authorization of ['', 'Bearer a.b.c', 'Basic YTpi', `Bearer ${stranger}`]) {
        const answer = await fixture.post(
          { query: '{ whoAmI { id } }' },
          { headers: { authorization } },
        );
        expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHENTICATED']);
        texts.add(answer.text);
      }
      expect(texts.size).toBe(1);
    });

    it('serves what is declared open to anyone', async () => {
      expect((await ask('{ open }')).data).toEqual({ open: 'open' });
    });

    it('S20: refuses a query for want of a capability, and says where to mend it', async () => {
      const answer = await ask('{ closed }', 'agent');
      expect(codeOf(answer)).toBe('CAPABILITY_MISSING');
      expect(answer.errors[0]?.extensions['capability']).toBe('messages.tier.manage');
      expect(answer.errors[0]?.message).toBe(
        'You need the capability messages.tier.manage for this. ' +
          'An administrator can grant it under Settings > Team.',
      );
      expect((await ask('{ closed }', 'manager')).data).toEqual({ closed: 1 });
    });

    it('S20: refuses a mutation for want of a capability by a value, not an error', async () => {
      const say =
        'mutation { say(input: {text: "hi", clientMutationId: "c1"}) ' +
        '{ clientMutationId text refusal { __typename code message } } }';
      const before = held.executions;
      const { data, errors } = await ask(say, 'viewer');
      expect(errors).toEqual([]);
      expect(data?.['say']).toMatchObject({
        clientMutationId: 'c1',
        text: null,
        refusal: { __typename: 'PlainRefusal', code: 'CAPABILITY_MISSING' },
      });
      expect(held.executions).toBe(before);
      expect((await ask(say, 'agent')).data?.['say']).toMatchObject({ text: 'hi', refusal: null });
    });

    it('S20: closes a resolver that declares nothing to everyone, and lists it', async () => {
      expect(codeOf(await ask('{ nobody }', 'manager'))).toBe('CAPABILITY_MISSING');
      expect(codeOf(await ask('{ nobody }'))).toBe('UNAUTHENTICATED');
      expect(undeclaredResolvers(fixture.application)).toEqual(['FixtureQueries.nobody']);
    });

    it('asks a field below the root for its own capability', async () => {
      const query = '{ whoAmI { id secret } }';
      const answer = await ask(query, 'agent');
      expect(codeOf(answer)).toBe('CAPABILITY_MISSING');
      expect(answer.data?.['whoAmI']).toEqual({ id: 'agent', secret: null });
      expect((await ask(query, 'manager')).data?.['whoAmI']).toMatchObject({ secret: 'secret' });
    });
  });

  describe('limits before execution', () => {
    const deep = (fields: number) =>
      `{ chain ${'{ next '.repeat(fields - 2)} { value }${' }'.repeat(fields - 2)} }`;
    const refused = async (query: string, variables?: object) => {
      const before = held.executions;
      const answer = await ask(query, 'viewer', variables);
      expect(held.executions).toBe(before);
      return [answer.status, codeOf(answer)];
    };

    it('S8: allows twelve fields in depth and not thirteen, through fragments too', async () => {
      expect((await ask(deep(12), 'viewer')).errors).toEqual([]);
      expect(await refused(deep(13))).toEqual([400, 'LIMIT_EXCEEDED']);
      const fragment = `fragment F on Chain ${deep(12).replace('{ chain ', '').slice(0, -1)}`;
      expect((await ask(`{ chain { ...F } } ${fragment}`, 'viewer')).errors).toEqual([]);
      expect(await refused(`{ chain { next { ...F } } } ${fragment}`)).toEqual([
        400,
        'LIMIT_EXCEEDED',
      ]);
    });

    it('says where subscriptions come from, rather than fail', async () => {
      const answer = await ask('subscription { ticks }', 'agent');
      expect([codeOf(answer), answer.status]).toEqual(['BAD_USER_INPUT', 400]);
      expect(answer.errors[0]?.message).toContain('WebSocket');
    });

    it('S8: allows fifteen aliases and not sixteen', async () => {
      const aliases = (count: number) =>
        `{ ${Array.from({ length: count }, (_, i) => `a${i}: open`).join(' ')} }`;
      expect((await ask(aliases(15))).errors).toEqual([]);
      expect(await refused(aliases(16))).toEqual([400, 'LIMIT_EXCEEDED']);
    });

    it('S8: allows fifty directives and not fifty-one', async () => {
      const directives = (count: number) =>
        `{ ${'... @include(if: true) { open } '.repeat(count)} }`;
      expect((await ask(directives(50))).errors).toEqual([]);
      expect(await refused(directives(51))).toEqual([400, 'LIMIT_EXCEEDED']);
    });

    it('S9: allows a thousand tokens and not one more, with 400 and not 500', async () => {
      const tokens = (count: number) => `{ echo(data: {a: [${'1 '.repeat(count - 16)}]}) { at } }`;
      expect((await ask(tokens(1_000), 'viewer')).errors).toEqual([]);
      expect(await refused(tokens(1_001))).toEqual([400, 'LIMIT_EXCEEDED']);
    });

    it('gives up on a document that is short but too much work to check', async () => {
      expect(await refused(`{ ${'open '.repeat(990)} }`)).toEqual([400, 'LIMIT_EXCEEDED']);
    });

    it('S8: allows pages of one to a hundred, however they are given', async () => {
      const page = (size: number) => `{ things(first: ${size}) { pageInfo { hasNextPage } } }`;
      const byVariable = 'query($n: Int) { things(last: $n) { pageInfo { hasNextPage } } }';
      expect((await ask(page(100), 'viewer')).errors).toEqual([]);
      expect((await ask(byVariable, 'viewer', { n: 1 })).errors).toEqual([]);
      expect(await refused(page(101))).toEqual([400, 'LIMIT_EXCEEDED']);
      expect(await refused(page(0))).toEqual([400, 'BAD_USER_INPUT']);
      expect(await refused(byVariable, { n: 101 })).toEqual([400, 'LIMIT_EXCEEDED']);
      expect(await refused(byVariable.replace('Int', 'Int = 101'))).toEqual([
        400,
        'LIMIT_EXCEEDED',
      ]);
      const both = '{ things(first: 1, last: 1) { pageInfo { hasNextPage } } }';
      expect(fieldOf(await ask(both, 'viewer'))).toBe('last');
    });

    it('S8: counts the cost with pages as multipliers, and stops at five thousand', async () => {
      const nested = (outer: number, inner: number) =>
        `{ things(first: ${outer}) { edges { node { id things(first: ${inner}) ` +
        '{ edges { node { id } } } } } } }';
      const allowed = await ask(nested(49, 100), 'viewer');
      expect(allowed.extensions.cost).toEqual({ requested: 1 + 49 * 102, maximum: 5_000 });
      expect(allowed.errors).toEqual([]);
      expect(await refused(nested(50, 100))).toEqual([400, 'LIMIT_EXCEEDED']);
      const asNodes = (outer: number, inner: number) =>
        `{ things(first: ${outer}) { nodes { things(first: ${inner}) { nodes { id } } } } }`;
      const cheaper = await ask(asNodes(49, 100), 'viewer');
      expect(cheaper.extensions.cost).toEqual({ requested: 1 + 49 * 102, maximum: 5_000 });
      expect(await refused(asNodes(50, 100))).toEqual([400, 'LIMIT_EXCEEDED']);
      const asFragment =
        'query { things(first: 50) { edges { node { ...F } } } } ' +
        'fragment F on Thing { id things(first: 100) { edges { node { id } } } }';
      expect(await refused(asFragment)).toEqual([400, 'LIMIT_EXCEEDED']);
    });

    it('says the cost on every response, refused ones too', async () => {
      expect((await ask('{ open }')).extensions.cost).toEqual({ requested: 0, maximum: 5_000 });
      expect((await ask('{ nothing }')).extensions.cost).toBeDefined();
    });

    it('refuses a body above 256 KiB with 413', async () => {
      const answer = await fixture.post({ query: '{ open }', pad: 'x'.repeat(256 * 1024) });
      expect([answer.status, codeOf(answer)]).toEqual([413, 'LIMIT_EXCEEDED']);
    });
  });

  describe('what goes wrong inside', () => {
    it('S17: masks a defect behind INTERNAL and a correlation id', async () => {
      const headers = { 'x-correlation-id': 'correlate-me-1' };
      const answer = await fixture.post(
        { query: '{ fails(how: "secretly") }' },
        { as: 'viewer', headers },
      );
      expect(codeOf(answer)).toBe('INTERNAL');
      expect(answer.errors[0]?.extensions['correlationId']).toBe('correlate-me-1');
      expect(answer.headers.get('x-correlation-id')).toBe('correlate-me-1');
      expect(answer.text).not.toMatch(/SELECT|var\/lib|stack|TypeError|\.js/);
      expect(fixture.logged()).toContain('correlate-me-1');
      expect(fixture.logged()).toContain('TypeError');
      expect(fixture.logged()).not.toMatch(/SELECT|secretly|447700900123/);
    });

    it('answers 503 when the store cannot be used, and BUSY when it is full', async () => {
      const unavailable = await ask('{ fails(how: "unavailable") }', 'viewer');
      expect([unavailable.status, codeOf(unavailable)]).toEqual([503, 'STORE_UNAVAILABLE']);
      expect(unavailable.text).not.toContain('var/lib');
      const busy = await ask('{ fails(how: "busy") }', 'viewer');
      expect([busy.status, codeOf(busy)]).toEqual([200, 'BUSY']);
      expect(busy.text).not.toContain('conversation-');
    });
  });

  describe('the transport', () => {
    const get = (query: string, headers: Record<string, string> = {}) =>
      fetch(`${fixture.url}/graphql?query=${encodeURIComponent(query)}`, { headers });

    it('S10: refuses batches', async () => {
      const answer = await fixture.post([{ query: '{ open }' }, { query: '{ open }' }]);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_USER_INPUT']);
    });

    it('S12: refuses what a foreign page could send without asking first', async () => {
      const simple = { headers: { 'content-type': 'text/plain' } };
      expect((await fixture.post('{"query":"{ open }"}', simple)).status).toBe(400);
      expect((await get('{ open }')).status).toBe(400);
      expect((await get('{ open }', { 'apollo-require-preflight': '1' })).status).toBe(200);
      const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };
      expect((await fixture.post('query={open}', form)).status).toBe(415);
    });

    it('S12: never executes a mutation by GET', async () => {
      const before = held.executions;
      const mutation = 'mutation { say(input: {text: "hi"}) { text } }';
      const authorization = `Bearer ${await fixture.token('agent')}`;
      const headers = { 'apollo-require-preflight': '1', authorization };
      expect((await get(mutation, headers)).status).toBe(405);
      expect(held.executions).toBe(before);
    });

    it('S11: shows the schema only where it is public', async () => {
      const hidden = await startFixture({ introspection: false });
      const query = '{ __schema { queryType { name } } }';
      expect((await ask(query)).errors).toEqual([]);
      expect(codeOf(await hidden.post({ query }))).toBe('GRAPHQL_VALIDATION_FAILED');
      await hidden.close();
    });
  });
});
