import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { openPostgresFollowers } from '#view-store';
import { startPostgres, type PostgresServer } from '../../../../test/postgres/index.js';
import { followerStoreContract } from './follower-store-contract.js';

describe('a follower store in PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it.each(followerStoreContract)('$name', async ({ check }) => {
    const followers = await openPostgresFollowers({ url: await server.createDatabase() });
    try {
      await check(followers);
    } finally {
      await followers.close();
    }
  });
});
