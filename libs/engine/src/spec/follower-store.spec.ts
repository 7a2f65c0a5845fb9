import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import { openEmbeddedViews } from '#view-store';
import { followerStoreContract } from './follower-store-contract.js';
import { MemoryFollowerStore } from './memory-follower-store.js';

describe.each(followerStoreContract)('a follower store', ({ name, check }) => {
  it(`in memory ${name}`, () => check(new MemoryFollowerStore(() => 0)));

  it(`embedded ${name}`, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'casement-followers-'));
    const opened = await openEmbeddedViews({ directory, readModel: { projections: [] } });
    try {
      await check(opened.followers);
    } finally {
      await opened.close();
      await rm(directory, { recursive: true, force: true });
    }
  });
});
