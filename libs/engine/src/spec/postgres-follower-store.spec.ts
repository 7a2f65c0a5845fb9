import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPostgresFollowers, type FollowerStore } from '#view-store';
import { startPostgres, type PostgresServer } from '../../../../test/postgres/index.js';
import { eventually } from './eventually.js';
import { followerStoreContract } from './follower-store-contract.js';
import { guestList, type Enter } from './guest-list.js';
import { greeter, world } from './world.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

describe('a follower store in PostgreSQL', () => {
  it.each(followerStoreContract)('$name', async ({ check }) => {
    const followers = await openPostgresFollowers({ url: await server.createDatabase() });
    try {
      await check(followers);
    } finally {
      await followers.close();
    }
  });
});

/** A store that answers no more once its process is dead. */
const mortal = (store: FollowerStore) => {
  let isDead = false;
  const living = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]): unknown =>
        isDead ? new Promise(() => {}) : Reflect.apply(member, target, given);
    },
  });
  return { living, die: () => (isDead = true), isDead: () => isDead };
};

describe('followers of several workers over PostgreSQL', () => {
  it('come to be shared, and are taken over from one that is killed', async () => {
    const here = world();
    const url = await server.createDatabase();
    const stores = await Promise.all([1, 2].map(() => openPostgresFollowers({ url })));
    const [first, second] = stores as [FollowerStore, FollowerStore];
    const { living, die, isDead } = mortal(first);
    const worker = (owner: string, store: FollowerStore, dead: () => boolean) =>
      here.runtime([greeter({ streams: ['guests-1'] })], {
        owner,
        store,
        limits: { parts: 6, leaseMs: 600 },
        execute: async (command, context) => {
          if (dead()) await new Promise(() => {});
          await here.decisions.run(guestList, 'copy', command as Enter, context);
        },
      });
    const killed = worker('killed', living, isDead);
    const survivor = worker('survivor', second, () => false);
    const led = async (runtime: typeof killed) => (await runtime.status())[0]?.partsLed ?? 0;
    killed.start();
    await eventually(async () => (await led(killed)) === 6);
    survivor.start();
    await eventually(async () => (await led(killed)) > 0 && (await led(survivor)) > 0);
    const guests = Array.from({ length: 60 }, (_, guest) => `${guest}`);
    for (const guest of guests) {
      await here.enter(guest);
      if (guest === '30') die();
    }
    await survivor.caughtUp();
    const { state } = await here.decisions.load(guestList, 'copy', { fresh: true });
    expect(state.names.toSorted()).toEqual(guests.toSorted());
    await survivor.stop();
    await Promise.all(stores.map((store) => store.close()));
  });
});
