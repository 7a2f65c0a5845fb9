import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeOf, fieldOf, startFixture } from '../spec/fixture.js';
import type { Answer, Fixture } from '../spec/fixture.js';

describe('bad input over HTTP', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture();
  });
  afterAll(() => fixture.close());
  const ask = (query: string, as?: string, variables?: object): Promise<Answer> =>
    fixture.post({ query, variables }, as === undefined ? {} : { as });

  const say = 'mutation($input: SayInput!) { say(input: $input) { text } }';

  it.each([
    [{}, 'text'],
    [{ text: 7 }, 'text'],
    [{ text: 'hi', other: 1 }, 'other'],
    [{ text: 'hi', phone: '07700 900123' }, 'phone'],
    [{ text: 'hi', deep: {} }, 'deep.count'],
    [{ text: 'much too long' }, 'text'],
    [{ text: 'hi', deep: { count: 0 } }, 'deep.count'],
  ])('names the field of a variable that is wrong: %j', async (input, field) => {
    const answer = await ask(say, 'agent', { input });
    expect([codeOf(answer), fieldOf(answer)]).toEqual(['BAD_USER_INPUT', field]);
  });

  it.each([
    ['{}', 'text'],
    ['{text: 7}', 'text'],
    ['{text: "hi", other: 1}', 'other'],
    ['{text: "hi", phone: "07700"}', 'phone'],
    ['{text: "hi", deep: {}}', 'deep.count'],
  ])('names the field of a value in the document that is wrong: %s', async (input, field) => {
    const answer = await ask(`mutation { say(input: ${input}) { text } }`, 'agent');
    expect([answer.status, codeOf(answer), fieldOf(answer)]).toEqual([
      400,
      'BAD_USER_INPUT',
      field,
    ]);
  });

  it('names what is missing altogether', async () => {
    expect(fieldOf(await ask('mutation { say { text } }', 'agent'))).toBe('input');
    expect(fieldOf(await ask(say, 'agent'))).toBe('input');
    expect(fieldOf(await fixture.post({ variables: {} }))).toBe('query');
    expect(fieldOf(await fixture.post({ query: '{ open }', variables: '{}' }))).toBe('variables');
    const broken = await fixture.post('{"query":');
    expect([broken.status, codeOf(broken), fieldOf(broken)]).toEqual([
      400,
      'BAD_USER_INPUT',
      'body',
    ]);
  });

  it.each([
    ['null', 'body'],
    ['[]', 'body'],
    ['{}', 'body'],
    ['5', 'body'],
    ['[{"query":"{ open }"}]', 'body'],
    ['{"query":null}', 'query'],
    ['{"query":""}', 'query'],
    ['{"query":5}', 'query'],
    ['{"query":"{ open }","operationName":[]}', 'operationName'],
    ['{"query":"{ open }","operationName":"Other"}', 'operationName'],
    ['{"query":"query A { open } query B { open }"}', 'operationName'],
    ['{"query":"{ open }","extensions":5}', 'extensions'],
  ])('names the part of a request that is wrong: %s', async (body, field) => {
    const answer = await fixture.post(body);
    expect([answer.status, codeOf(answer), fieldOf(answer)]).toEqual([
      400,
      'BAD_USER_INPUT',
      field,
    ]);
  });

  it('GQ9: answers 200 for a bad document to who asks for application/json by name', async () => {
    const statusOf = async (accept: string, body: object) => {
      const { status, headers } = await fixture.post(body, { headers: { accept } });
      return [status, headers.get('content-type')?.split(';')[0]];
    };
    const json = 'application/json';
    const newer = 'application/graphql-response+json';
    for (const query of ['{ open', '{ nothing }', '{ echo(at: 5) { at } }']) {
      expect(await statusOf(json, { query })).toEqual([200, json]);
      expect(await statusOf('*/*', { query })).toEqual([400, json]);
      expect(await statusOf(newer, { query })).toEqual([400, newer]);
      expect(await statusOf(`${newer}, ${json};q=0.9`, { query })).toEqual([400, newer]);
    }
    // What could not be read, and what is too much, is refused to everybody alike.
    const tooMuch = `{ ${Array.from({ length: 16 }, (_, at) => `a${at}: open`).join(' ')} }`;
    for (const body of [{}, { query: 5 }, { operationName: 'A' }, { query: tooMuch }])
      expect((await statusOf(json, body))[0]).toBe(400);
    const broken = await fixture.post('{', { headers: { accept: newer } });
    expect(broken.headers.get('content-type')).toBe(`${newer}; charset=utf-8`);
  });

  it('tells a document that cannot be parsed from one that does not fit the schema', async () => {
    expect(codeOf(await ask('{ open'))).toBe('GRAPHQL_PARSE_FAILED');
    expect(codeOf(await ask('{ nothing }'))).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('S11: never suggests names of the schema', async () => {
    for (const query of ['{ whoAm { id } }', '{ things(firs: 1) { pageInfo { hasNextPage } } }'])
      expect((await ask(query)).text).not.toMatch(/Did you mean|whoAmI|first/);
    const answer = await ask(say, 'agent', { input: { text: 'hi', phon: '1' } });
    expect(answer.text).not.toMatch(/Did you mean/);
  });

  it('reads and writes the scalars in one form', async () => {
    const query =
      'query($at: DateTime, $phone: PhoneNumber, $data: JSONObject) ' +
      '{ echo(at: $at, phone: $phone, data: $data) { at phone data } }';
    const given = { at: '2026-03-29T02:30:00+01:00', phone: '+447700900123', data: { a: [1] } };
    const { data } = await ask(query, 'viewer', given);
    expect(data?.['echo']).toEqual({ ...given, at: '2026-03-29T01:30:00.000Z' });
    for (const wrong of [
      { at: '2026-02-30T00:00:00Z' },
      { at: '2026-03-01T00:00:00' },
      { at: 1 },
      { phone: '447700900123' },
      { phone: '+0123456789' },
      { data: [1] },
    ])
      expect(codeOf(await ask(query, 'viewer', wrong))).toBe('BAD_USER_INPUT');
  });
});
