import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { LogCorrupted, StoreNotWritable, StoreUnavailable } from '../port.js';
import type { Embedded } from '../open-embedded.js';
import { positionOf } from '../position.js';
import { aDirectory } from '../spec/data-directory.js';
import { anEvent, collected, errorOf, followed, idsOf, someEvents } from '../spec/driver.js';
import { DataDirectoryInUse, isOwned } from './owner-lock.js';

const COUNT = 60;

/** A closed log of marked events, to be damaged. */
const aLog = async () => {
  const place = await aDirectory();
  const { store } = await place.open();
  const events = Array.from({ length: COUNT }, (_, n) => anEvent({ mark: `mark-${n + 1}-here` }));
  for (const [n, event] of events.entries()) await store.append(`s-${n % 5}`, 'any', [event]);
  await store.close();
  return { ...place, events, path: join(place.directory, 'log.db') };
};

/** Pages that were split still hold old copies: the one that counts is among these. */
const everyIndexOf = (bytes: Buffer, text: string): readonly number[] => {
  const found: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) found.push(at);
  return found;
};

/** A damaged index or free page is not of the chain; whatever does start has every row. */
const outcomeOf = async (outcome: PromiseSettledResult<Embedded>): Promise<void> => {
  if (outcome.status === 'rejected') {
    expect(outcome.reason).toBeInstanceOf(LogCorrupted);
    return;
  }
  const { store, close } = outcome.value;
  expect(await collected(store.readAll({ direction: 'forwards' }))).toHaveLength(COUNT);
  await close();
};

const execute = (path: string, sql: string): void => {
  const database = new Database(path);
  database.exec(sql);
  database.close();
};

const corrupted = async (promise: Promise<unknown>): Promise<LogCorrupted> => {
  const error = await errorOf(promise);
  if (!(error instanceof LogCorrupted)) throw error;
  return error;
};

describe('a damaged log', () => {
  it.each([1, 2, 31, COUNT])(
    'P3, F51: does not start when a bit of event %d has flipped, and says where',
    async (ordinal) => {
      const { path, open, cleanup } = await aLog();
      const bytes = await readFile(path);
      for (const bit of [1, 0x80]) {
        const damaged = Buffer.from(bytes);
        for (const at of everyIndexOf(bytes, `mark-${ordinal}-here`))
          damaged.writeUInt8(damaged.readUInt8(at) ^ bit, at);
        await writeFile(path, damaged);
        const error = await corrupted(open());
        expect(error.position).toBe(positionOf(ordinal));
        expect(error.message).toContain(`position ${positionOf(ordinal)}`);
      }
      await writeFile(path, bytes);
      expect(await (await open()).store.head()).toBe(positionOf(COUNT));
      await cleanup();
    },
  );

  it.each([
    [
      'two rows are swapped',
      `UPDATE events SET position = -position WHERE position IN (7, 8);
      UPDATE events SET position = CASE position WHEN -7 THEN 8 ELSE 7 END WHERE position < 0`,
      7,
    ],
    ['a row is missing', 'DELETE FROM events WHERE position = 9', 9],
    ['the first row is missing', 'DELETE FROM events WHERE position = 1', 1],
    [
      'a row is in another stream',
      'UPDATE events SET stream = 2, revision = 99 WHERE position = 11',
      11,
    ],
    ['a stream is renamed', `UPDATE streams SET name = 'x' WHERE name = 's-3'`, 4],
    ['a stream is missing', `DELETE FROM streams WHERE name = 's-3'`, 4],
    ['a row says another time', 'UPDATE events SET written_at = 0 WHERE position = 12', 12],
    ['a checksum is other', 'UPDATE events SET crc = crc + 1 WHERE position = 13', 13],
  ])('F51: does not start when %s', async (_, sql, ordinal) => {
    const { path, open, cleanup } = await aLog();
    execute(path, sql);
    expect((await corrupted(open())).position).toBe(positionOf(ordinal));
    await cleanup();
  });

  it('F51: does not start when a page or the header is no longer one', async () => {
    const { path, open, cleanup } = await aLog();
    const bytes = await readFile(path);
    const page = bytes.readUInt16BE(16);
    for (let at = 0; at < bytes.length; at += page) {
      const damaged = Buffer.from(bytes).fill(0xff, at, at + 64);
      await writeFile(path, damaged);
      const started = await Promise.allSettled([open()]);
      for (const outcome of started) await outcomeOf(outcome);
    }
    await cleanup();
  }, 90_000);

  it('is found by verifyAll while it runs; then nothing is written, and reads go on', async () => {
    const { path, open, cleanup } = await aLog();
    const { store } = await open();
    const told: string[] = [];
    await store.verifyAll((checked, rows) => told.push(`${checked} of ${rows}`));
    expect(told).toEqual([`${COUNT} of ${COUNT}`]);
    execute(path, `UPDATE events SET type = 'Else' WHERE position = 20`);
    expect((await corrupted(store.verifyAll())).position).toBe(positionOf(20));
    expect(await errorOf(store.append('s-1', 'any', [anEvent()]))).toBeInstanceOf(StoreNotWritable);
    expect(await collected(store.readAll({ direction: 'forwards' }))).toHaveLength(COUNT);
    await cleanup();
  });
});

describe('a full disk', () => {
  it('F45: stops all writing, for good, while reads go on; a restart with space goes on', async () => {
    const { open, cleanup } = await aDirectory();
    const { store, keys } = await open({ testing: { pagesMax: 40 } });
    await keys.keyFor('acme', 'before');
    const kept: string[] = [];
    let refusal: unknown = null;
    for (let turn = 0; refusal === null; turn += 1) {
      const event = anEvent({ text: 'x'.repeat(2_000) });
      const append = store.append(`s-${turn % 3}`, 'any', [event]);
      refusal = await append
        .then(() => kept.push(event.id) && null)
        .catch((error: unknown) => error);
    }
    expect(refusal).toBeInstanceOf(StoreNotWritable);
    const writes = [
      store.append('s-1', 'any', [anEvent()]),
      store.setStreamMetadata('s-1', { maxCount: 1 }),
      keys.keyFor('acme', 'after'),
    ];
    for (const error of await Promise.all(writes.map(errorOf)))
      expect(error).toBeInstanceOf(StoreNotWritable);
    expect(await keys.find('acme', 'before')).not.toBeNull();
    expect(idsOf(await collected(store.readAll({ direction: 'forwards' })))).toEqual(kept);
    await store.close();
    const again = await open();
    expect(idsOf(await collected(again.store.readAll({ direction: 'forwards' })))).toEqual(kept);
    await again.store.append('s-1', 'any', [anEvent()]);
    await again.store.verifyAll();
    await cleanup();
  });
});

describe('the data directory', () => {
  it('has one owner, and tells a second what to do', async () => {
    const { directory, open, cleanup } = await aDirectory();
    const { close } = await open();
    const error = await errorOf(open());
    expect(error).toBeInstanceOf(DataDirectoryInUse);
    expect(String(error)).toContain(directory);
    expect(String(error)).toContain('stop that one first');
    await close();
    await open();
    await cleanup();
  });

  it('is owned from the opening to the close, and whoever looks takes nothing', async () => {
    const { directory, open, cleanup } = await aDirectory();
    expect(isOwned(directory)).toBe(false);
    const { close } = await open();
    expect(isOwned(directory)).toBe(true);
    await close();
    expect(isOwned(directory)).toBe(false);
    const again = await open();
    await again.close();
    await cleanup();
  });

  it('can be read and followed beside its owner, and not written', async () => {
    const { open, cleanup } = await aDirectory();
    const owner = await open();
    const events = someEvents(3);
    await owner.store.append('s-1', 'no-stream', events.slice(0, 1));
    const key = await owner.keys.keyFor('acme', 'one');
    const reader = await open({ readOnly: true });
    expect(reader.epoch).toBe(owner.epoch);
    const following = followed(reader.store, { after: null, prefixes: [], count: 3 });
    for (const event of events.slice(1)) await owner.store.append('s-1', 'any', [event]);
    expect(idsOf(await following)).toEqual(idsOf(events));
    expect(await reader.keys.find('acme', 'one')).toEqual(key);
    const writes = [
      reader.store.append('s-1', 'any', [anEvent()]),
      reader.store.setStreamMetadata('s-1', {}),
      reader.keys.keyFor('acme', 'two'),
      reader.keys.destroy('acme', 'one'),
    ];
    for (const error of await Promise.all(writes.map(errorOf)))
      expect(error).toBeInstanceOf(StoreNotWritable);
    await cleanup();
  });

  it('is not made by a reader', async () => {
    const { directory, open, cleanup } = await aDirectory();
    const reading = open({ directory: join(directory, 'none'), readOnly: true });
    expect(await errorOf(reading)).toBeInstanceOf(StoreUnavailable);
    await cleanup();
  });

  it('has an epoch of its own', async () => {
    const [one, two] = [await aDirectory(), await aDirectory()];
    expect((await one.open()).epoch).not.toBe((await two.open()).epoch);
    await Promise.all([one.cleanup(), two.cleanup()]);
  });
});
