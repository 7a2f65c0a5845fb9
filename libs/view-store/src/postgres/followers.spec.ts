import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Position } from '#kernel';
import { startPostgres, type PostgresServer } from '../../../../test/postgres/index.js';
import { parkedId } from '../parked-id.js';
import { DividedOtherwise, LeaseLost, ViewStoreUnavailable } from '../port.js';
import type { FollowerRequest, FollowerStore, ParkedItem } from '../port.js';
import {
  openPostgresFollowers,
  openPostgresFollowersBeside,
  openPostgresFollowersToAsk,
} from './followers.js';

const at = (position: number): Position => String(position).padStart(16, '0') as Position;
const hourMs = 3_600_000;
const storesCount = 4;
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

const item = (over: Partial<ParkedItem>): ParkedItem => ({
  follower: 'inbox',
  eventId: 'event-1',
  item: '',
  key: 'key',
  position: at(1),
  stream: 'note-1',
  type: 'NoteWritten',
  reason: 'unknown',
  blocking: true,
  attempts: 1,
  parkedAtMs: 1,
  ...over,
});

let server: PostgresServer;
let url: string;
let stores: readonly FollowerStore[];

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** Each is a process of its own, as far as the database can tell. */
const open = async (): Promise<void> => {
  url = await server.createDatabase();
  stores = await Promise.all(numbers(storesCount).map(() => openPostgresFollowers({ url })));
};
const close = async (): Promise<void> => {
  await Promise.all(stores.map((store) => store.close()));
};
const withStores = (work: () => Promise<void>) => async (): Promise<void> => {
  await open();
  try {
    await work();
  } finally {
    await close();
  }
};
const each = <T>(ask: (store: FollowerStore, number: number) => Promise<T>): Promise<T[]> =>
  Promise.all(stores.map(ask));

describe('processes that share followers in PostgreSQL', () => {
  it(
    'are given each lease once, and every epoch to one owner',
    withStores(async () => {
      const holders = new Map<number, string>();
      for (let round = 0; round < 20; round += 1) {
        const given = await each((store, number) => store.acquireLease('f', `${number}`, hourMs));
        const held = given.flatMap((lease, number) => (lease === null ? [] : [{ lease, number }]));
        expect(held).toHaveLength(1);
        const [{ lease, number } = { lease: { epoch: 0 }, number: -1 }] = held;
        expect(holders.has(lease.epoch)).toBe(false);
        holders.set(lease.epoch, `${number}`);
        await each((store, other) => store.releaseLease('f', `${other}`));
      }
    }),
  );

  it(
    'never save in an epoch that has been given on, whatever overlaps',
    withStores(async () => {
      const [one, other] = stores as [FollowerStore, FollowerStore];
      for (let round = 1; round <= 30; round += 1) {
        const held = await one.acquireLease('f', 'one', hourMs);
        const late = one.saveCheckpoint('f', at(2 * round), held?.epoch ?? 0).then(
          () => 'saved',
          (error: unknown) => error,
        );
        const [outcome] = await Promise.all([
          late,
          one.releaseLease('f', 'one').then(async () => {
            const next = await other.acquireLease('f', 'other', hourMs);
            await other.saveCheckpoint('f', at(2 * round + 1), next?.epoch ?? 0);
          }),
        ]);
        if (outcome !== 'saved') expect(outcome).toBeInstanceOf(LeaseLost);
        expect(await one.checkpoint('f')).toBe(at(2 * round + 1));
        await other.releaseLease('f', 'other');
      }
    }),
  );

  it(
    'never lead under two divisions at once',
    withStores(async () => {
      for (let round = 0; round < 20; round += 1) {
        const given = await each((store, number) => {
          const division = { follower: 'f', parts: (number % 2) + 1 };
          const lease = number % 2 === 0 ? 'f' : `f#${number === 1 ? 0 : 1}/2`;
          return store.acquireLease(lease, `${number}`, hourMs, division).then(
            (held) => (held === null ? null : division.parts),
            (error: unknown) => {
              expect(error).toBeInstanceOf(DividedOtherwise);
              return null;
            },
          );
        });
        const divisions = new Set(given.filter((parts) => parts !== null));
        expect(divisions.size).toBe(1);
        for (const lease of ['f', 'f#0/2', 'f#1/2'])
          await each((store, number) => store.releaseLease(lease, `${number}`));
      }
    }),
  );

  it(
    'finish what all parts were asked for once, also when the last two do at the same time',
    withStores(async () => {
      const [one] = stores as [FollowerStore];
      const beside = await openPostgresFollowersToAsk({ url });
      const event = { follower: 'inbox', eventId: 'a', stream: 'note-1', position: at(1) };
      const events = numbers(20).map((number) => ({ ...event, eventId: `event-${number}` }));
      await beside?.askReplay('week', events, { by: 'ann', atMs: 9 });
      const requests = await one.requests('inbox', 99);
      await each((store, index) =>
        store.finish(
          (index % 2 === 0 ? requests : requests.toReversed()).map(({ id }) => ({
            id,
            items: 2,
            parked: 1,
            part: { index, of: storesCount },
          })),
        ),
      );
      expect(await beside?.replayed('week')).toEqual({ done: 20, items: 160, parked: 80 });
      expect(await one.requests('inbox', 9)).toEqual([]);
      await beside?.close();
    }),
  );

  it(
    'skip once, however many do it, and ask for the rest of the key once',
    withStores(async () => {
      const [one] = stores as [FollowerStore];
      await one.park(item({}));
      await one.park(item({ eventId: 'event-2', position: at(2), attempts: 0 }));
      const beside = await openPostgresFollowersToAsk({ url });
      await beside?.askSkip(item({}), { by: 'ann', atMs: 9 });
      const [asked] = await one.requests('inbox', 9);
      await each((store) => store.skip(asked as FollowerRequest));
      expect(await beside?.skipped({ follower: null, limit: 9 })).toMatchObject([
        { id: parkedId(item({})), skippedBy: 'ann' },
      ]);
      expect(await one.requests('inbox', 9)).toMatchObject([{ kind: 'retry-key', key: 'key' }]);
      await beside?.close();
    }),
  );

  it(
    'see what is asked in the order of its ids, whoever asks at the same time',
    withStores(async () => {
      const [one] = stores as [FollowerStore];
      let after = 0;
      let seen = 0;
      let isAsking = true;
      const who = { askedBy: 'a part', askedAtMs: 1, position: at(1), stream: 'note-1' };
      const afresh = { follower: 'inbox', kind: 'afresh', key: 'k', item: '', ...who } as const;
      const looking = async (): Promise<void> => {
        for (;;) {
          const isLast = !isAsking;
          const found = await one.requests('inbox', 999, { after, part: null });
          seen += found.length;
          after = found.at(-1)?.id ?? after;
          if (isLast) return;
        }
      };
      const asking = each(async (store, number) => {
        for (const event of numbers(25))
          await store.askParts({
            ...afresh,
            eventId: `${number}-${event}`,
          });
      });
      await Promise.all([looking(), asking.finally(() => (isAsking = false))]);
      expect(seen).toBe(storesCount * 25);
    }),
  );
});

describe('followers in PostgreSQL', () => {
  it('are none before any has run, and then those of any process', async () => {
    url = await server.createDatabase();
    expect(await openPostgresFollowersBeside({ url })).toBeNull();
    expect(await openPostgresFollowersToAsk({ url })).toBeNull();
    const followers = await openPostgresFollowers({ url });
    const beside = await openPostgresFollowersToAsk({ url });
    const asking = { by: 'ann', atMs: 9 };
    const head = item({ attempts: 5, position: at(2) });
    const behind = item({ eventId: 'event-2', attempts: 0, position: at(1) });
    const free = item({ eventId: 'event-3', key: 'own', blocking: false, reason: 'a \0 byte' });
    for (const one of [behind, head, free]) await followers.park(one);
    const kept = { ...free, reason: 'a  byte' };
    expect(await beside?.standing({ follower: null, behind: false, limit: 9 })).toEqual([
      { ...kept, id: parkedId(free), waiting: 0 },
      { ...head, id: parkedId(head), waiting: 1 },
    ]);
    expect(await beside?.standing({ follower: 'inbox', behind: true, limit: 9 })).toHaveLength(3);
    expect(await beside?.named(parkedId(behind))).toEqual([{ item: behind, first: head }]);
    expect(await beside?.askRetries('another', asking)).toEqual({ keys: 0, items: 0 });
    expect(await beside?.askRetries(null, asking)).toEqual({ keys: 1, items: 1 });
    await beside?.askRetry(free, asking);
    expect(await followers.requests('inbox', 9)).toMatchObject([
      { kind: 'retry-key', key: 'key' },
      { kind: 'retry-item', key: 'own' },
    ]);
    expect(await beside?.pending(9)).toEqual(await followers.requests('inbox', 9));
    const [request] = (await beside?.pending(1)) ?? [];
    if (request) await followers.askParts({ ...request, kind: 'afresh' });
    expect(await beside?.pending(9)).toHaveLength(2);
    const [, , afresh] = await followers.requests('inbox', 9);
    await followers.finish([{ id: afresh?.id ?? 0, items: 0, parked: 0 }]);
    await beside?.askReplay('one', [{ ...item({}) }], asking);
    await beside?.endReplay('one');
    expect(await followers.requests('inbox', 9)).toHaveLength(2);
    expect(await beside?.parked({ limit: 9 })).toHaveLength(3);
    const division = { follower: 'inbox', parts: 2 };
    for (const [name, position] of [
      ['inbox#0/2', 7],
      ['inbox#1/2', 5],
    ] as const) {
      const lease = await followers.acquireLease(name, 'here', hourMs, division);
      await followers.saveCheckpoint(name, at(position), lease?.epoch ?? 0);
      expect(await beside?.isLed('inbox')).toBe(true);
    }
    expect(await beside?.checkpoint('inbox')).toBe(at(5));
    await followers.releaseLease('inbox#0/2', 'here');
    await followers.releaseLease('inbox#1/2', 'here');
    expect(await beside?.isLed('inbox')).toBe(false);
    await beside?.close();
    await followers.close();
  });

  it('are out of reach while the server is, and there again with it', async () => {
    url = await server.createDatabase();
    const followers = await openPostgresFollowers({ url });
    const lease = await followers.acquireLease('f', 'here', hourMs);
    await server.halt('at once');
    const failed = followers.saveCheckpoint('f', at(1), lease?.epoch ?? 0);
    await expect(failed).rejects.toBeInstanceOf(ViewStoreUnavailable);
    await server.resume();
    await followers.saveCheckpoint('f', at(2), lease?.epoch ?? 0);
    await server.terminateConnections();
    for (let tried = 0; tried < 3; tried += 1)
      await followers.checkpoint('f').catch((error: unknown) => {
        expect(error).toBeInstanceOf(ViewStoreUnavailable);
      });
    expect(await followers.checkpoint('f')).toBe(at(2));
    await followers.close();
  });

  it('are nothing that the application may see', async () => {
    url = await server.createDatabase();
    const followers = await openPostgresFollowers({ url });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('SET ROLE casement_app');
    for (const table of ['follower', 'parked_item', 'deadline', 'follower_request'])
      await expect(client.query(`SELECT * FROM followers.${table}`)).rejects.toThrow(/permission/);
    await client.end();
    await followers.close();
  });
});
