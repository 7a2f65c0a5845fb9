import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement, type Variables } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';
import { Process, type Environment } from '../harness/process.js';
import { documents } from '../harness/shapes.js';
import { Subscriber } from '../harness/subscriber.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(scenarioMsMax);

let casement: Casement;
let conversationId: string;

beforeAll(async () => {
  casement = await Casement.start();
  ({ id: conversationId } = await new Talk(casement).customerWrites('447700900951', 'Hello'));
});
afterAll(() => casement.remove());

/** In the middle of its signature: of the last character not every bit counts. */
const tampered = (token: string): string =>
  `${token.slice(0, -40)}${token.at(-40) === 'x' ? 'y' : 'x'}${token.slice(-39)}`;

describe('a GraphQL request that cannot be understood', () => {
  const well = { conversationId: 'c', text: 't', idempotencyKey: 'k' };

  it.each([
    ['conversationId', { text: 't', idempotencyKey: 'k' }],
    ['idempotencyKey', { conversationId: 'c', text: 't' }],
    ['idempotencyKey', { ...well, idempotencyKey: '' }],
    ['idempotencyKey', { ...well, idempotencyKey: 'k'.repeat(201) }],
    ['conversationId', { ...well, conversationId: 'no id!' }],
    ['conversationId', { ...well, conversationId: { not: 'an id' } }],
    ['expectedRevision', { ...well, expectedRevision: 'three' }],
    ['expectedRevision', { ...well, expectedRevision: -1 }],
    ['text', { ...well, text: 5 }],
    ['nonsense', { ...well, nonsense: true }],
  ])('names the field: %s', async (field, input) => {
    const { data, errors } = await casement.ask('agent', documents.send, { input });
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors[0]?.extensions.field).toMatch(new RegExp(`(^|\\.)${field}$`));
  });

  const badFilters = [
    ['expiringWithinMinutes', { filter: { expiringWithinMinutes: -1 } }],
    ['numberId', { filter: { numberId: 'no id!' } }],
    ['search', { filter: { search: 's'.repeat(101) } }],
  ] as const;

  it.each(badFilters)('names the field of a subscription: %s', async (_, variables) => {
    const refused = casement.subscribe('agent', documents.inboxChanged, variables);
    expect(await refused.refusal()).toBe('BAD_USER_INPUT');
  });

  it.each<readonly [string, Variables]>([
    ['first', { first: 0 }],
    ['first', { first: 1_000 }],
    ['window', { filter: { window: 'AJAR' } }],
    ...badFilters,
  ])('names the field of a query: %s', async (field, variables) => {
    const { errors } = await casement.ask('agent', documents.inbox, variables);
    expect(['BAD_USER_INPUT', 'LIMIT_EXCEEDED']).toContain(errors[0]?.extensions.code);
    expect(errors[0]?.extensions.field ?? errors[0]?.message).toContain(field);
  });

  it.each(['', 'no JSON', '[]', '{}', '{"query":5}', '{"query":"{ viewer"}'])(
    'is refused, body and all, without a stack: %j',
    async (body) => {
      const authorization = `Bearer ${casement.demo.tokens.agent}`;
      const { status, errors } = await casement.post(body, { authorization });
      expect(status).toBe(400);
      expect(['BAD_USER_INPUT', 'GRAPHQL_PARSE_FAILED']).toContain(errors[0]?.extensions.code);
      expect(JSON.stringify(errors)).not.toMatch(/node_modules|at .*\.[jt]s/);
    },
  );

  it.each([
    ['no token', () => null],
    ['a wrong token', () => 'Bearer nonsense'],
    ['a token that was tampered with', (token: string) => `Bearer ${tampered(token)}`],
    ['a token without its kind', (token: string) => token],
  ])('is 401 with %s', async (_, authorizationOf) => {
    const authorization = authorizationOf(casement.demo.tokens.agent);
    const headers: { [name: string]: string } = authorization === null ? {} : { authorization };
    const body = JSON.stringify({
      query: documents.conversation,
      variables: { id: conversationId },
    });
    const { status, data, errors } = await casement.post(body, headers);
    expect({ status, data }).toEqual({ status: 401, data: { conversation: null } });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
  });

  it('is no subscription without a token', async () => {
    const nobody = new Subscriber(casement.demo.graphqlWsUrl, 'x', documents.inboxChanged, {});
    await nobody.refusal();
    expect(nobody.received).toEqual([]);
  });
});

describe('a start that cannot be', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'casement-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const ends = (environment: Environment, dataDirectory = directory) =>
    Process.launch({ dataDirectory, environment, fileKiBMax: null }).ended;

  it('with a bad configuration ends with 78, and one line for each problem', async () => {
    const { code, stdout, stderr } = await ends({
      PORT: 'seventy',
      WHATSAPP_APP_SECRET: 'short',
      NODE_ENV: 'staging',
      WHATSAPP_GRAPH_URL: 'http://graph.example',
    });
    const lines = stderr.trimEnd().split('\n');
    expect({ code, stdout, count: lines.length }).toEqual({ code: 78, stdout: '', count: 4 });
    expect(new Set(lines.map((line) => line.split(':')[0]))).toEqual(
      new Set(['PORT', 'WHATSAPP_APP_SECRET', 'NODE_ENV', 'WHATSAPP_GRAPH_URL']),
    );
    expect(stderr).not.toContain('short\n');
  });

  it('outside the simulator ends with 78 when a secret is missing', async () => {
    const { code, stderr } = await ends({ CASEMENT_SIMULATOR: 'off' });
    const names = stderr
      .trimEnd()
      .split('\n')
      .map((line) => line.split(':')[0]);
    expect(code).toBe(78);
    for (const secret of [
      'CASEMENT_KEY_ENCRYPTION_KEY',
      'WHATSAPP_ACCESS_TOKEN',
      'WHATSAPP_APP_SECRET',
      'WHATSAPP_VERIFY_TOKEN',
    ])
      expect(names.filter((name) => name === secret)).toHaveLength(1);
  });

  it('as a second process on the same data says so, and does the first no harm', async () => {
    const { code, stderr } = await ends(casement.stores.environment, casement.dataDirectory);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^Casement cannot start: .*in use/);
    const talk = new Talk(casement);
    await talk.customerWrites('447700900951', 'Still there?');
    const sent = await talk.sendsWell(conversationId, 'Yes');
    await talk.messageThatIs('READ', conversationId, sent.id);
  });

  it('on a port in use says so', async () => {
    const { port } = new URL(casement.demo.url);
    const { code, stderr } = await ends({ PORT: port });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Casement cannot start: port ${port} is in use. Set PORT to another one.\n`,
    );
  });
});
