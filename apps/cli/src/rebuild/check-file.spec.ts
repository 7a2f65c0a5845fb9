import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { checkFile } from './check-file.js';

/** Above every system's highest process id. */
const nobodysPid = 2 ** 30;

it('what a killed comparison left is removed, and nothing of a running one', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'casement-check-'));
  const kept = ['views.db', `views.check-${process.ppid}.db`];
  const left = ['', '-wal', '-shm'].map((suffix) => `views.check-${nobodysPid}.db${suffix}`);
  for (const name of [...kept, ...left]) await writeFile(join(directory, name), '');
  expect(await checkFile(directory)).toBe(join(directory, `views.check-${process.pid}.db`));
  expect((await readdir(directory)).toSorted()).toEqual(kept.toSorted());
  await rm(directory, { recursive: true });
});
