import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readModel } from '#platform';
import { readPostgresViews } from '#view-store';
import { startNode, type EventStoreDbNode } from '../../../test/eventstoredb-node/node.js';
import { eventually } from '../../../test/harness/eventually.js';
import { startPostgres, type PostgresServer } from '../../../test/postgres/index.js';
import { environmentOf, type Ended } from './spec/casement.js';
import { startEngine, type Engine } from './spec/engine.js';
import { casementWithin } from './spec/within.js';

jest.setTimeout(60_000);

const secretWords = 'my sister’s number is 07700 900321';
const unreadableBody =
  '{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{}}]}]}';

let data = '';
let server: PostgresServer;
let node: EventStoreDbNode | null = null;
let url = '';
let engine: Engine | null = null;
let environment: { readonly [name: string]: string } = {};

const cli = (words: readonly string[], also = {}, interrupted?: AbortSignal): Promise<Ended> =>
  casementWithin(words, { ...environment, ...also }, interrupted);

/** As the superuser, in the schema of the views. */
const asked = async (sql: string): Promise<readonly unknown[]> => {
  const client = new pg.Client({ connectionString: server.asSuperuser(url) });
  await client.connect();
  try {
    const named = `SELECT nspname FROM pg_namespace WHERE nspname ~ '^views_[0-9a-f]+$'`;
    const { rows } = await client.query<{ readonly nspname: string }>(named);
    if (rows[0] !== undefined) await client.query(`SET search_path = ${rows[0].nspname}`);
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

const schemas = (): Promise<readonly unknown[]> =>
  asked(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'views%'`);

const messagesShown = () =>
  readPostgresViews({ url, readModel }, async (views) => {
    const [row] = await views.query('SELECT count(*) AS count FROM messages', []);
    return Number(row?.['count']);
  });

const overall = ({ out }: Ended): string | undefined => /^all +([0-9a-f]{64})$/m.exec(out)?.[1];

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'casement-cli-'));
  server = await startPostgres();
  node = await startNode({ directory: join(data, 'node') });
  url = await server.createDatabase();
  environment = {
    ...environmentOf(data),
    CASEMENT_EVENT_STORE: node.connectionString,
    CASEMENT_VIEW_STORE: url,
    CASEMENT_SIMULATOR: 'on',
  };
});

afterAll(async () => {
  await engine?.stop();
  await node?.close();
  await server?.stop();
  await rm(data, { recursive: true, force: true });
});

describe('on servers that no engine has used yet', () => {
  it('doctor finds nothing wrong, and nothing is made there by who only looks', async () => {
    const before = await asked('SELECT nspname FROM pg_namespace');
    const { code, out } = await cli(['doctor']);
    expect(out).toMatch(/^ok +log +the server answers; the first start begins the log$/m);
    expect(out).toMatch(/^ok +postgresql +it answers, version \d/m);
    expect(out).toMatch(/^ok +roles +none yet/m);
    expect(code).toBe(0);
    for (const words of [['rebuild'], ['events'], ['parked', 'list'], ['parked', 'retry', '--all']])
      expect({ words, code: (await cli(words)).code }).toEqual({ words, code: 1 });
    expect(await asked('SELECT nspname FROM pg_namespace')).toEqual(before);
    expect((await cli(['doctor'])).out).toContain('the first start begins the log');
  });
});

describe('beside an engine on servers', () => {
  beforeAll(async () => {
    engine = await startEngine(data, environment);
    await engine.customerWrites('447700900101', secretWords);
    await engine.customerWrites('447700900102', 'good morning');
    await engine.deliver(unreadableBody);
    await eventually('what was written, and one item that is parked', async () => {
      const { out } = await cli(['parked', 'list', '--json']);
      return (await messagesShown()) === 2 && JSON.parse(out).length === 1;
    });
  });

  it('doctor finds everything in order', async () => {
    const { code, out } = await cli(['doctor']);
    expect(out).toMatch(/^ok +log +it ends at [0-9a-f]{32}, its epoch is \S+$/m);
    expect(out).toMatch(/^ok +roles +the login may act as all of them$/m);
    expect(out).toMatch(/^ok +keys +they open with the key-encryption key$/m);
    expect(out).toMatch(/^ok +engine +one is at work$/m);
    expect(out).toMatch(/^ok +views +of this version, \d+ events? behind the log$/m);
    expect(out).toMatch(/^ok +parked +1 item, none blocks$/m);
    expect(out).not.toMatch(/PROBLEM|skipped/);
    expect(code).toBe(0);
  });

  it('events, parked and replay work as they do on a directory', async () => {
    const events = await cli(['events']);
    expect(events).toMatchObject({ code: 0, told: '' });
    expect(events.out).toContain('"CustomerMessageReceived"');
    expect(events.out).not.toContain('sister');
    const personal = await cli(['events', '--personal', '--type', 'CustomerMessageReceived']);
    expect(personal.out).toContain('sister');
    expect((await cli(['parked', 'list'])).out).toContain('without metadata.phone_number_id');
    const dry = await cli(['replay', 'webhooks', '--dry-run']);
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.out).toContain('phone_number_id');
    const replayed = await cli(['replay', 'webhooks']);
    expect(replayed).toMatchObject({ code: 0 });
    expect(await messagesShown()).toBe(2);
    expect((await cli(['parked', 'retry', '--all'])).code).toBe(0);
    const [item] = JSON.parse((await cli(['parked', 'list', '--json'])).out);
    expect((await cli(['parked', 'skip', item.id])).code).toBe(0);
    await eventually('an empty list', async () =>
      (await cli(['parked', 'list'])).out.startsWith('nothing is parked'),
    );
    expect((await cli(['parked', 'list', '--skipped'])).out).toContain('skipped by');
  });

  it('P15: rebuild compares and swaps while the engine runs, and it stays so', async () => {
    const checked = await cli(['rebuild', '--check']);
    expect(checked.code).toBe(0);
    expect(checked.out).toMatch(/^the views at position [0-9a-f]{32} are what the log gives/m);
    expect(checked.out).toMatch(/^messages +2 {2}[0-9a-f]{64}$/m);
    const rebuilt = await cli(['rebuild']);
    expect(rebuilt.out).toMatch(/^rebuilt from \d+ events: the same as before, byte for byte$/m);
    expect(rebuilt.code).toBe(0);
    expect(overall(rebuilt)).toBe(overall(checked));
    expect(await schemas()).toHaveLength(1);
    await engine?.customerWrites('447700900103', 'and after the swap');
    await eventually('a message after the swap', async () => (await messagesShown()) === 3);
    expect((await cli(['rebuild', '--check'])).code).toBe(0);
  });

  it('P15: rows that the log does not give are found, named without their text, and mended', async () => {
    const before = await cli(['rebuild', '--check']);
    await asked(`UPDATE contacts SET profile_name = 'Somebody else'`);
    await asked(`DELETE FROM messages WHERE message_id = (SELECT min(message_id) FROM messages)`);

    const checked = await cli(['rebuild', '--check']);
    expect(checked.out).toMatch(/^contacts: 3 rows not as the log gives them$/m);
    expect(checked.out).toMatch(/^messages: 1 row not as the log gives them; there are 2, not 3$/m);
    expect(checked.out).toMatch(
      /not what the log gives: row "\w+" of table contacts differs in profile_name$/m,
    );
    expect(checked.code).toBe(1);
    expect(await messagesShown()).toBe(2);

    const mended = await cli(['rebuild']);
    expect(mended.out).toMatch(
      /: MENDED, the old ones were wrong in contacts, messages: row "\w+" of table contacts/,
    );
    expect(mended.code).toBe(0);
    expect(overall(mended)).toBe(overall(before));
    for (const { out, told } of [checked, mended])
      expect(out + told).not.toMatch(/Somebody|7700|sister/);
    expect((await cli(['rebuild', '--check'])).code).toBe(0);
  });

  it('an interrupted rebuild leaves everything as it was', async () => {
    const before = await schemas();
    for (const words of [['rebuild'], ['rebuild', '--check']])
      expect(await cli(words, {}, AbortSignal.abort())).toEqual({
        code: 130,
        out: '',
        told: 'interrupted: nothing was changed\n',
      });
    expect(await schemas()).toEqual(before);
  });

  it('--data-dir is refused, and half of the stores is bad configuration', async () => {
    const refused = await cli(['parked', 'list', '--data-dir', data]);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.told).toContain('unset CASEMENT_EVENT_STORE');
    expect((await cli(['parked', 'list'], { CASEMENT_VIEW_STORE: '' })).code).toBe(78);
  });
});

describe('doctor', () => {
  beforeAll(async () => {
    await engine?.stop();
    engine = null;
  });

  it('finds a wrong key, and says nothing of it', async () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    const { code, out } = await cli(['doctor'], { CASEMENT_KEY_ENCRYPTION_KEY: key });
    expect(out).toMatch(/^PROBLEM +keys .* → set CASEMENT_KEY_ENCRYPTION_KEY/m);
    expect(out).toMatch(/^ok +engine +none is at work: .* a worker is started$/m);
    expect(out).not.toContain(key);
    expect(code).toBe(1);
  });

  it('finds keys of another log, which no verb then reads with', async () => {
    const [bound] = await asked('SELECT epoch FROM keys.key_check');
    expect(bound).toEqual({ epoch: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    await asked(`UPDATE keys.key_check SET epoch = 'of another', wrapped = wrapped`);
    const { out, code } = await cli(['doctor']);
    expect(out).toMatch(/^PROBLEM +keys .*another log, of epoch of another.* → .*_VIEW_STORE/m);
    expect(code).toBe(1);
    for (const words of [['events'], ['rebuild', '--check']]) {
      const ended = await cli(words);
      expect(ended).toMatchObject({ code: 1, told: expect.stringContaining('belong together') });
    }
    await asked('UPDATE keys.key_check SET epoch = NULL');
  });

  it('finds views that know more than the log, and a rebuild mends them', async () => {
    const beyond = 'f'.repeat(32);
    await asked(`UPDATE checkpoint SET position = '${beyond}'`);
    expect((await cli(['doctor'])).out).toMatch(/^PROBLEM +views .*beyond the end of the log → /m);
    const checked = await cli(['rebuild', '--check']);
    expect(checked).toMatchObject({ code: 1 });
    expect((await cli(['rebuild'])).code).toBe(0);
    expect((await cli(['rebuild', '--check'])).code).toBe(0);
  });

  it('tells of each server that is away in a line, with what mends it', async () => {
    await node?.close();
    node = null;
    const withoutLog = await cli(['doctor']);
    expect(withoutLog.out).toMatch(/^PROBLEM +log +it is out of reach.* → .*CASEMENT_EVENT_STORE/m);
    expect(withoutLog.out).toMatch(/^skipped +views +of this version; the log must open/m);
    expect(withoutLog.code).toBe(1);
  });

  it('tells of PostgreSQL that is away, as every verb does', async () => {
    await server.halt();
    const { code, out, told } = await cli(['doctor']);
    expect(out).toMatch(/^PROBLEM +postgresql .* → .*CASEMENT_VIEW_STORE/m);
    expect(out).toMatch(/^skipped +parked +PostgreSQL must answer first$/m);
    expect(out + told).not.toMatch(/ at .*\.js|:\/\//);
    expect(code).toBe(1);
    for (const words of [['events'], ['parked', 'list'], ['rebuild']]) {
      const ended = await cli(words);
      expect({ words, code: ended.code }).toEqual({ words, code: 1 });
      expect(ended.told).toMatch(/^casement .*out of reach.*\n$/);
    }
    await server.resume();
    expect(await readdir(data)).not.toContain('views.db');
  });
});
