import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { aDirectory } from '../spec/data-directory.js';
import { describeKeyRing } from '../spec/key-ring.js';
import { errorOf } from '../spec/driver.js';
import { WrongKeyEncryptionKey } from '../wrapping.js';

describeKeyRing('the embedded', async () => {
  const { open, cleanup } = await aDirectory();
  const { keys, close } = await open();
  const reopen = async () => {
    await close();
    return (await open()).keys;
  };
  return { keys, reopen, cleanup };
});

const rowsOf = async (path: string, sql: string): Promise<readonly unknown[]> => {
  const database = new Database(path);
  const rows = database.prepare(sql).raw().all([]);
  database.close();
  return rows;
};

const everyByte = async (directory: string): Promise<Buffer> => {
  const names = await readdir(directory);
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(directory, name)))));
};

describe('the file of keys', () => {
  it('holds no key in clear', async () => {
    const { directory, open, cleanup } = await aDirectory();
    const { keys } = await open();
    const key = await keys.keyFor('acme', 'one');
    expect((await everyByte(directory)).includes(key)).toBe(false);
    await cleanup();
  });

  it('holds not even the wrapped key once it is destroyed', async () => {
    const { directory, open, cleanup } = await aDirectory();
    const { keys } = await open();
    await keys.keyFor('acme', 'one');
    const sql = `SELECT wrapped FROM subject_keys`;
    const [row] = await rowsOf(join(directory, 'keys.db'), sql);
    const wrapped = (row as readonly unknown[])[0] as Buffer;
    expect((await everyByte(directory)).includes(wrapped)).toBe(true);
    await keys.destroy('acme', 'one');
    expect((await everyByte(directory)).includes(wrapped)).toBe(false);
    await cleanup();
  });

  it('makes keys that are asked for at once in one commit, and finds without any', async () => {
    const { open, cleanup } = await aDirectory();
    const { keys, store } = await open({ testing: { commitDelayMs: 10 } });
    const subjects = Array.from({ length: 200 }, (_, number) => `contact-${number}`);
    await Promise.all(subjects.map((subject) => keys.keyFor('acme', subject)));
    expect((await store.statistics()).keyCommits).toBe(1);
    await Promise.all(subjects.map((subject) => keys.keyFor('acme', subject)));
    await keys.find('acme', 'nobody');
    expect((await store.statistics()).keyCommits).toBe(1);
    await cleanup();
  });

  it('does not open under another key-encryption key', async () => {
    const { open, cleanup } = await aDirectory();
    await (await open()).close();
    const error = await errorOf(open({ keyEncryptionKey: randomBytes(32) }));
    expect(error).toBeInstanceOf(WrongKeyEncryptionKey);
    await cleanup();
  });

  it('does not give the key of another subject, though its row says so', async () => {
    const { directory, open, cleanup } = await aDirectory();
    const first = await open();
    await first.keys.keyFor('acme', 'one');
    await first.keys.keyFor('acme', 'two');
    await first.close();
    const database = new Database(join(directory, 'keys.db'));
    database.exec(`UPDATE subject_keys SET subject = 'three' WHERE subject = 'one'`);
    database.close();
    const { keys } = await open();
    const [moved, neighbour] = await Promise.allSettled([
      keys.keyFor('acme', 'three'),
      keys.keyFor('acme', 'two'),
    ]);
    expect(moved.status).toBe('rejected');
    expect(neighbour.status).toBe('fulfilled');
    await cleanup();
  });
});
