import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '#edge';
import { openViewsSnapshot, viewsFile } from '#view-store';
import { dataDirectoryOf } from './data-directory.js';
import { casement, environmentOf, type Ended } from './spec/casement.js';
import { startEngine, type Engine } from './spec/engine.js';
import { casementWithin } from './spec/within.js';
import { verbs } from './verbs.js';

const secretWords = 'my sister’s number is 07700 900321';
const unreadableBody =
  '{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{}}]}]}';

let parent = '';
let data = '';
let engine: Engine | null = null;

const cli = (
  words: readonly string[],
  also: { readonly [name: string]: string } = {},
  interrupted?: AbortSignal,
): Promise<Ended> => casementWithin(words, { ...environmentOf(data), ...also }, interrupted);

/** As it is typed: a process of its own. */
const typed = (...words: readonly string[]): Promise<Ended> => casement(words, environmentOf(data));

const copied = async (name: string): Promise<string> => {
  const copy = join(parent, name);
  await cp(data, copy, { recursive: true, mode: 0 });
  return copy;
};

/** The one cell that a statement gives, or null for one that only writes. */
const cellOf = (file: string, sql: string): unknown => {
  const database = new Database(file);
  try {
    const statement = database.prepare(sql);
    if (!statement.reader) return void statement.run([]);
    return Object.values(Object(statement.get([])))[0];
  } finally {
    database.close();
  }
};

const overall = ({ out }: Ended): string | undefined => /^all +([0-9a-f]{64})$/m.exec(out)?.[1];

const parkedItems = async (): Promise<readonly unknown[]> => {
  const { code, out } = await typed('parked', 'list', '--json');
  return code === 0 ? JSON.parse(out) : [];
};

const messagesShown = async (): Promise<unknown> => {
  const views = await openViewsSnapshot(viewsFile(data));
  const rows = await views?.query('SELECT count(*) AS count FROM messages', []);
  await views?.close();
  return rows?.[0]?.['count'];
};

/** The followers work behind the answer to the provider. */
const untilHandled = async (attemptsMax: number): Promise<void> => {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1)
    if ((await parkedItems()).length > 0 && (await messagesShown()) === 2) return;
  throw new Error('the messages were not handled');
};

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'casement-cli-'));
  data = await mkdtemp(join(parent, 'data-'));
  engine = await startEngine(data);
  await engine.customerWrites('447700900101', secretWords);
  await engine.customerWrites('447700900102', 'good morning');
  await engine.deliver(unreadableBody);
  await untilHandled(30);
});

afterAll(async () => {
  await engine?.stop();
  await rm(parent, { recursive: true, force: true });
});

describe('what is typed', () => {
  it('is helped with, for all verbs and for each', async () => {
    const all = await typed('--help');
    expect(all).toMatchObject({ code: 0, told: '' });
    for (const verb of verbs.map(({ name }) => name)) expect(all.out).toContain(verb);
    expect((await cli(['parked', '--help'])).code).toBe(0);
    for (const { name, summary } of verbs) {
      const { code, out } = await cli([...name.split(' '), '--help']);
      expect({ name, code }).toEqual({ name, code: 0 });
      expect(out).toContain(summary);
    }
    expect((await cli(['rebuild', '--help'])).out).toContain('--check');
  });

  it('is refused with the usage when it makes no sense', async () => {
    const nonsense = [
      [],
      ['mend'],
      ['parked'],
      ['mend', '--help'],
      ['doctor', '--loud'],
      ['doctor', 'now'],
      ['doctor', '--data-dir', ''],
      ['parked', 'list', '--limit', '0'],
      ['parked', 'list', '--limit', '10001'],
      ['parked', 'list', 'now'],
      ['parked', 'list', '--skipped', '--behind'],
      ['parked', 'retry'],
      ['parked', 'retry', '0123456789ab', '--all'],
      ['parked', 'retry', '0123456789ab', '0123456789ac'],
      ['parked', 'retry', '--follower', ''],
      ['parked', 'skip'],
      ['replay', 'webhooks', '--source', 'carrier-pigeon'],
      ['replay', 'webhooks', '--since', 'yesterday'],
      ['events', '--loud'],
    ];
    for (const words of nonsense) {
      const { code, out, told } = await cli(words);
      expect({ words, code, out }).toEqual({ words, code: 2, out: '' });
      expect(told).toContain('usage: casement');
    }
    expect(await typed('mend')).toMatchObject({ code: 2, out: '' });
  });

  it('leaves the data directory where the engine has it', () => {
    for (const environment of [{}, { CASEMENT_DATA_DIR: '' }, { CASEMENT_DATA_DIR: '/elsewhere' }])
      expect(dataDirectoryOf(environment)).toBe(readConfig(environment).dataDirectory);
  });
});

describe('beside a running engine', () => {
  it('doctor finds everything in order', async () => {
    const { code, out } = await typed('doctor');
    expect(out).toMatch(/^ok +owner +a process is running/m);
    expect(out).toMatch(/^ok +log +\d+ rows, the chain of checksums is whole$/m);
    expect(out).toMatch(/^ok +views +of this version, \d+ events? behind the log$/m);
    expect(out).toMatch(/^ok +parked +1 item, none blocks$/m);
    expect(out).not.toMatch(/PROBLEM|skipped/);
    expect(code).toBe(0);
  });

  it('P15: rebuild finds the views right, and mends a row that is not, while they are served', async () => {
    const right = await cli(['rebuild']);
    expect(right.out).toMatch(/^rebuilt from \d+ events: the same as before, byte for byte$/m);
    expect(right).toMatchObject({ code: 0, told: '' });
    cellOf(join(data, 'views.db'), "UPDATE contacts SET profile_name = 'Somebody else'");
    expect((await cli(['rebuild', '--check'])).code).toBe(1);
    const { out, code } = await typed('rebuild');
    expect(out).toMatch(/MENDED, the old ones were wrong in contacts: row .* in profile_name$/m);
    expect(code).toBe(0);
    expect((await cli(['rebuild', '--check'])).code).toBe(0);
    expect((await readdir(data)).filter((name) => /check|rebuild/.test(name))).toEqual([]);
  });

  it('parked list shows an unreadable item and its reason', async () => {
    expect(await parkedItems()).toEqual([
      expect.objectContaining({
        follower: 'whatsapp-inbox',
        type: 'WebhookReceived',
        reason: 'entry[0].changes[0].value: a change without metadata.phone_number_id',
        blocking: false,
      }),
    ]);
    const { out } = await cli(['parked', 'list', '--follower', 'whatsapp-inbox', '--limit', '1']);
    expect(out).toContain('a change without metadata.phone_number_id');
    const another = await cli(['parked', 'list', '--follower', 'another']);
    expect(another.out).toBe('nothing is parked\n');
  });
});

describe('once the engine has stopped', () => {
  let live: Ended;

  beforeAll(async () => {
    await engine?.stop();
    engine = null;
    live = await cli(['rebuild', '--check']);
  });

  it('P15: a rebuild gives what was there, table by table, and it stays so', async () => {
    expect(live).toMatchObject({ code: 0, told: '' });
    const rebuilt = await typed('rebuild');
    expect(rebuilt.out).toContain('the same as before, byte for byte');
    expect(rebuilt.code).toBe(0);
    expect(overall(rebuilt)).toBe(overall(live));
    expect(rebuilt.out).toMatch(/^messages +2 {2}[0-9a-f]{64}$/m);
    expect(overall(await cli(['rebuild', '--check']))).toBe(overall(live));
  });

  it('P15: a row that the log does not give is found, named without its text, and mended', async () => {
    const copy = await copied('altered');
    cellOf(join(copy, 'views.db'), "UPDATE contacts SET profile_name = 'Somebody else'");

    const checked = await cli(['rebuild', '--check', '--data-dir', copy]);
    expect(checked.out).toMatch(
      /not what the log gives: row "\w+" of table contacts differs in profile_name$/m,
    );
    expect(checked.code).toBe(1);
    expect(checked.out + checked.told).not.toMatch(/Somebody|7700|sister/);

    const mended = await cli(['rebuild', '--data-dir', copy]);
    expect(mended.out).toContain('MENDED, the old ones were wrong in contacts');
    expect(overall(mended)).toBe(overall(live));
  });

  it('an interrupted rebuild leaves everything as it was', async () => {
    const copy = await copied('interrupted');
    const before = await readFile(join(copy, 'views.db'));
    for (const words of [['rebuild'], ['rebuild', '--check']])
      expect(await cli([...words, '--data-dir', copy], {}, AbortSignal.abort())).toEqual({
        code: 130,
        out: '',
        told: 'interrupted: nothing was changed\n',
      });
    expect(before.equals(await readFile(join(copy, 'views.db')))).toBe(true);
    expect((await readdir(copy)).filter((name) => /check|rebuild/.test(name))).toEqual([]);
  });

  it('doctor finds a flipped byte of the log, and where', async () => {
    const copy = await copied('flipped');
    const file = join(copy, 'log.db');
    const bytes = await readFile(file);
    // A page that was split still holds old copies: the row that counts is among all of them.
    for (let at = bytes.indexOf('ContactMet'); at >= 0; at = bytes.indexOf('ContactMet', at))
      bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const find = "SELECT min(position) FROM events WHERE type = 'BontactMet'";
    const position = Number(cellOf(file, find)).toString(16).padStart(16, '0');
    const { code, out } = await cli(['doctor', '--data-dir', copy]);
    expect(out).toContain(`the log is corrupted at position ${position}: the row does not match`);
    expect(out).toMatch(/^PROBLEM +log .* → .*restore/m);
    expect(code).toBe(1);
  });

  it('doctor finds a log that lacks its newest rows: the views know more', async () => {
    const copy = await copied('truncated');
    const newest = 'SELECT max(position) FROM events';
    cellOf(join(copy, 'log.db'), `DELETE FROM events WHERE position = (${newest})`);
    const { code, out } = await cli(['doctor', '--data-dir', copy]);
    expect(out).toMatch(/^ok +log /m);
    expect(out).toMatch(/^PROBLEM +views .*beyond the end of the log/m);
    expect(code).toBe(1);
  });

  it('doctor finds a wrong key, and says nothing of it', async () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    const { code, out } = await cli(['doctor', '--json'], { CASEMENT_KEY_ENCRYPTION_KEY: key });
    const { ok, checks } = JSON.parse(out);
    expect({ ok, code }).toEqual({ ok: false, code: 1 });
    expect(checks).toContainEqual(
      expect.objectContaining({ check: 'keys', outcome: 'problem', mend: expect.any(String) }),
    );
    expect(checks).toContainEqual(expect.objectContaining({ check: 'log', outcome: 'skipped' }));
    expect(out).not.toContain(key);
  });

  it('bad configuration is told line by line: a finding to doctor, exit 78 to a rebuild', async () => {
    const environment = { PORT: 'harbour', HOST: ' ' };
    const doctor = await cli(['doctor'], environment);
    const rebuild = await cli(['rebuild'], environment);
    expect(doctor.out.match(/^PROBLEM +configuration/gm)).toHaveLength(2);
    expect(doctor.code).toBe(1);
    expect(rebuild.told).toMatch(/^HOST: .*\nPORT: /);
    expect(rebuild.code).toBe(78);
  });

  it('a directory without data is said to be one', async () => {
    const nowhere = join(parent, 'nowhere');
    const at = ['--data-dir', nowhere];
    const doctor = await cli(['doctor', ...at]);
    const rebuild = await cli(['rebuild', ...at]);
    const parked = await cli(['parked', 'list', ...at]);
    for (const words of [['parked', 'retry', '--all'], ['replay', 'webhooks'], ['events']]) {
      const ended = await cli([...words, ...at]);
      expect({ words, code: ended.code, out: ended.out }).toEqual({ words, code: 1, out: '' });
      expect(ended.told).toContain('--data-dir');
    }
    expect(doctor.out).toMatch(/^PROBLEM +data directory +.*nowhere is no directory → /m);
    expect([doctor.code, rebuild.code, parked.code]).toEqual([1, 1, 1]);
    expect(await readdir(parent)).not.toContain('nowhere');
  });
});
