import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tellStores } from '../../../test/harness/kept.js';
import { embedded, storesOf, type TestStores } from '../../../test/harness/stores.js';
import { environmentOf, type Ended } from './spec/casement.js';
import { startEngine, type Engine } from './spec/engine.js';
import { casementWithin } from './spec/within.js';

const secretWords = 'my sister’s number is 07700 900321 \u009b31m';
const attemptsMax = 50;

let parent = '';
let data = '';
let stores: TestStores = embedded;
let engine: Engine | null = null;

type Line = {
  readonly position: string;
  readonly stream: string;
  readonly type: string;
  readonly organisation: string;
  readonly recordedAt: string;
  readonly subject: string | null;
  readonly data: { readonly [field: string]: unknown };
};

const environment = () => ({ ...environmentOf(data), ...stores.environment });
const typed = (...words: readonly string[]): Promise<Ended> => casementWithin(words, environment());
const parsed = (out: string): readonly Line[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
const lines = async (...flags: readonly string[]): Promise<readonly Line[]> => {
  const { code, out, told } = await typed('events', ...flags);
  expect({ code, told }).toEqual({ code: 0, told: '' });
  return parsed(out);
};
const received = ['--type', 'CustomerMessageReceived'];

/** The followers work behind the answer to the provider. */
const untilReceived = async (count: number): Promise<readonly Line[]> => {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const found = await lines(...received);
    if (found.length >= count) return found;
  }
  throw new Error('the messages did not come');
};

const started = (...words: readonly string[]) => {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const child = spawn(process.execPath, [main, ...words], { env: environment() });
  const ended = once(child, 'close');
  return { child, ended };
};

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'casement-events-'));
  data = await mkdtemp(join(parent, 'data-'));
  stores = await storesOf(data);
  engine = await startEngine(data, stores.environment);
  await engine.customerWrites('447700900101', secretWords);
  await engine.customerWrites('447700900102', 'good morning');
  await untilReceived(2);
});

afterAll(async () => {
  await engine?.stop();
  await stores.close();
  await rm(parent, { recursive: true, force: true });
});

describe('the log, beside a running engine', () => {
  it('is printed an event a line, in order, with nothing personal in clear', async () => {
    const { out } = await typed('events');
    const all = parsed(out);
    const positions = all.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted());
    expect(new Set(positions).size).toBe(all.length);
    expect(
      Object.keys(all[0] ?? {})
        .slice(0, 8)
        .join(' '),
    ).toBe('position stream revision id type version recordedAt occurredAt');
    expect(out).not.toMatch(/sister|good morning|447700900101/);
    expect(await lines(...received)).toMatchObject([
      { data: { content: '[sealed]', channel: 'WHATSAPP' } },
      { data: { content: '[sealed]' } },
    ]);
  });

  it('resumed at any line it is the same, byte for byte', async () => {
    const whole = (await typed('events')).out;
    const count = whole.split('\n').length - 1;
    for (const at of [1, Math.floor(count / 2), count - 1]) {
      const head = await typed('events', '--limit', `${at}`);
      const position = parsed(head.out).at(-1)?.position ?? '';
      const left = ['--limit', `${count - at}`];
      const tail = await typed('events', '--after', position, ...left);
      expect(head.out + tail.out).toBe(whole);
    }
  });

  it('shows what is sealed with --personal, and commands no terminal', async () => {
    const { out } = await typed('events', ...received, '--personal');
    expect(out).toContain('my sister’s number is 07700 900321 \\u009b31m');
    expect(out).not.toContain('\u009b');
    expect(parsed(out)[0]?.data['content']).toMatchObject({ text: secretWords });
  });

  it('is narrowed by stream, type, organisation, conversation and time', async () => {
    const all = await lines();
    const [first, second] = await lines(...received);
    const conversation = String(first?.data['conversationId']);
    const ofFirst = await lines('--conversation', conversation);
    expect(ofFirst.map(({ type }) => type)).toEqual([
      'ConversationStarted',
      'CustomerMessageReceived',
    ]);
    expect(await lines('--stream', first?.stream ?? '')).toEqual(ofFirst);
    const ofAcme = all.filter(({ organisation }) => organisation === 'acmemotors');
    expect(await lines('--organisation', 'acmemotors')).toEqual(ofAcme);
    const since = second?.recordedAt ?? '';
    const [from, before] = [await lines('--since', since), await lines('--until', since)];
    expect([...before, ...from]).toEqual(all);
    expect(from[0]?.recordedAt).toBe(since);
  });

  it('follows what comes, whole line by whole line, until it is interrupted', async () => {
    const position = (await lines()).at(-1)?.position ?? '';
    const { child, ended } = started('events', '--follow', '--after', position, ...received);
    let out = '';
    const line = new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
        if (out.endsWith('\n')) resolve();
      });
    });
    await engine?.customerWrites('447700900101', 'and another');
    await line;
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(0);
    expect(parsed(out)).toHaveLength(1);
  });

  it('ends in peace when nobody reads it any more', async () => {
    const { child, ended } = started('events', '--follow');
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    await engine?.customerWrites('447700900102', 'one more');
    expect((await ended)[0]).toBe(0);
    expect(told).toBe('');
  });

  it('is refused with a reason when what is asked makes no sense', async () => {
    const nonsense: readonly (readonly [readonly string[], string])[] = [
      [['--since', 'yesterday'], '--since takes an instant'],
      [['--type', 'MessageRecieved'], 'no event is called that'],
      [['--conversation', 'a b'], '--conversation takes an id'],
      [['--after', 'here'], '--after takes a position'],
      [['--after', 'here', '--organisation', 'acmemotors'], 'no cursor of this log'],
      [['--limit', '0'], '--limit takes a whole number'],
      [['--stream', ''], '--stream is given nothing'],
      [['--follow', '--until', '2026-01-01T00:00:00Z'], 'exclude each other'],
      [['--loud'], 'loud'],
    ];
    for (const [flags, reason] of nonsense) {
      const { code, out, told } = await typed('events', ...flags);
      expect({ flags, code, out }).toEqual({ flags, code: 2, out: '' });
      expect(told).toContain(reason);
    }
    const beyond = await typed('events', '--after', 'ffffffffffff');
    expect(beyond.code).toBe(2);
    const far = await typed('events', '--after', '00000000ffffffff');
    expect(far).toMatchObject({ code: 1, out: '' });
    expect(far.told).toContain('has nothing after');
  });
});

describe('the log, of a contact who has been erased', () => {
  it('shows [erased] where personal fields stood, with --personal too', async () => {
    const [first] = await lines(...received);
    await engine?.stop();
    engine = null;
    const erase = 'UPDATE subject_keys SET wrapped = NULL WHERE subject = ?';
    await tellStores({ dataDirectory: data, stores }, 'keys', erase, first?.subject ?? '');
    for (const flags of [received, [...received, '--personal']])
      expect((await lines(...flags))[0]?.data['content']).toBe('[erased]');
  });
});
