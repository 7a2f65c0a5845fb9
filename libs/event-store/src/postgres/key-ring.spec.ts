import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type PostgresServer } from '../../../../test/postgres/index.js';
import { KeyDestroyed } from '../key-ring.js';
import { StoreUnavailable } from '../port.js';
import { errorOf } from '../spec/driver.js';
import { describeKeyRing } from '../spec/key-ring.js';
import { WrongKeyEncryptionKey } from '../wrapping.js';
import { AgeingKeys } from './ageing-keys.js';
import { openPostgresKeys, openPostgresKeysBeside, type PostgresKeys } from './key-ring.js';
import { KeysOfAnotherLog } from './of-log.js';

const keyEncryptionKey = randomBytes(32);
const log = { epoch: 'of this log', isWritten: false };

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

describeKeyRing('PostgreSQL', async () => {
  const url = await server.createDatabase();
  let keys = await openPostgresKeys({ url, keyEncryptionKey, log });
  return {
    keys,
    reopen: async () => {
      await keys.close();
      keys = await openPostgresKeys({ url, keyEncryptionKey, log });
      return keys;
    },
    cleanup: () => keys.close(),
  };
});

/** Rings of as many processes on one new database, and statements beside them. */
const withRings = async (
  count: number,
  work: (
    rings: readonly PostgresKeys[],
    look: (sql: string) => Promise<readonly pg.QueryResultRow[]>,
    url: string,
  ) => Promise<void>,
): Promise<void> => {
  const url = await server.createDatabase();
  const opening = Array.from({ length: count }, () =>
    openPostgresKeys({ url, keyEncryptionKey, log }),
  );
  const rings = await Promise.all(opening);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SET ROLE casement_owner');
  await client.query('SET search_path = keys');
  const look = async (sql: string) => (await client.query<pg.QueryResultRow>(sql)).rows;
  try {
    await work(rings, look, url);
  } finally {
    await client.end().catch(() => undefined);
    await Promise.all(rings.map((ring) => ring.close()));
  }
};

/** For what comes by itself, and soon. */
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  for (let tried = 0; tried < 5_000; tried += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('it has not come to be so');
};

describe('keys of several processes', () => {
  it('are the same for those who make them at the same time, in whatever order', () =>
    withRings(4, async (rings) => {
      for (let round = 0; round < 10; round += 1) {
        const subjects = Array.from({ length: 400 }, (_, number) => `${round}-${number}`);
        const made = await Promise.all(
          rings.map((ring, number) => {
            const mine = number % 2 === 0 ? subjects : subjects.toReversed();
            return Promise.all(
              mine.map(async (subject) => {
                const key = await ring.keyFor('acme', subject);
                return `${subject} ${key.toString('hex')}`;
              }),
            );
          }),
        );
        const [first = []] = made;
        expect(new Set(first.map((line) => line.split(' ')[1])).size).toBe(subjects.length);
        for (const keys of made) expect(keys.toSorted()).toEqual(first.toSorted());
      }
      const prints = rings.map((ring) => ring.fingerprint('acme', 'wamid', 'wamid.1'));
      expect(new Set(await Promise.all(prints)).size).toBe(1);
    }));

  it('are forgotten by all once one has destroyed them, and never made again', () =>
    withRings(3, async (rings) => {
      const [one, ...others] = rings as [PostgresKeys, ...PostgresKeys[]];
      const keys = await Promise.all(rings.map((ring) => ring.keyFor('acme', 'ann')));
      await one.destroy('acme', 'ann');
      expect(await errorOf(one.keyFor('acme', 'ann'))).toBeInstanceOf(KeyDestroyed);
      for (const other of others) {
        await until(async () => (await other.find('acme', 'ann')) === null);
        expect(await errorOf(other.keyFor('acme', 'ann'))).toBeInstanceOf(KeyDestroyed);
      }
      expect(keys).toHaveLength(3);
    }));

  it('are destroyed in the order of asking, within one group of requests too', () =>
    withRings(1, async ([ring]) => {
      const before = ring?.keyFor('acme', 'ann');
      const destroyed = ring?.destroy('acme', 'ann');
      const after = ring?.keyFor('acme', 'ann');
      expect(await errorOf(after ?? Promise.resolve())).toBeInstanceOf(KeyDestroyed);
      await destroyed;
      expect(await before).toHaveLength(32);
      expect(await ring?.find('acme', 'ann')).toBeNull();
    }));

  it('that were destroyed while notices could not be heard are forgotten with the next one', () =>
    withRings(2, async (rings) => {
      const [one, other] = rings as [PostgresKeys, PostgresKeys];
      await other.keyFor('acme', 'ann');
      await server.terminateConnections();
      await until(async () => {
        await one.destroy('acme', 'ann').catch(() => undefined);
        return (await one.find('acme', 'ann').catch(() => undefined)) === null;
      });
      await until(async () => (await other.find('acme', 'ann').catch(() => undefined)) === null);
    }));
});

describe('keys in PostgreSQL', () => {
  it('stand there wrapped, each bound to its subject', () =>
    withRings(1, async ([ring], look, url) => {
      const key = await ring?.keyFor('acme', 'one');
      await ring?.keyFor('acme', 'two');
      const [row] = await look("SELECT wrapped FROM subject_keys WHERE subject = 'one'");
      const wrapped: unknown = row?.['wrapped'];
      expect(wrapped).toBeInstanceOf(Buffer);
      expect((wrapped as Buffer).includes(key ?? Buffer.of())).toBe(false);
      await look("UPDATE subject_keys SET subject = 'three' WHERE subject = 'one'");
      const again = await openPostgresKeys({ url, keyEncryptionKey, log });
      const [moved, neighbour] = await Promise.allSettled([
        again.keyFor('acme', 'three'),
        again.keyFor('acme', 'two'),
      ]);
      expect(moved.status).toBe('rejected');
      expect(neighbour.status).toBe('fulfilled');
      await again.close();
    }));

  it('leave nothing in the row once they are destroyed, and are not the application’s', () =>
    withRings(1, async ([ring], look) => {
      await ring?.keyFor('acme', 'one');
      await ring?.destroy('acme', 'one');
      expect(await look('SELECT wrapped FROM subject_keys')).toEqual([{ wrapped: null }]);
      for (const role of ['casement_app', 'casement_projector']) {
        await look('RESET ROLE');
        await look(`DO $$ BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object THEN END $$`);
        const may = `has_schema_privilege('${role}', 'keys', 'USAGE')`;
        expect(await look(`SELECT ${may} AS may`)).toEqual([{ may: false }]);
      }
    }));

  it('do not open under another key-encryption key', () =>
    withRings(1, async (_, __, url) => {
      const other = openPostgresKeys({ url, keyEncryptionKey: randomBytes(32), log });
      expect(await errorOf(other)).toBeInstanceOf(WrongKeyEncryptionKey);
      const short = openPostgresKeys({ url, keyEncryptionKey: randomBytes(31), log });
      expect(await errorOf(short)).toBeInstanceOf(RangeError);
    }));

  it('are of one log, and open for no other', () =>
    withRings(1, async (_, look, url) => {
      const ofAnother = { url, keyEncryptionKey, log: { epoch: 'of another', isWritten: true } };
      const refusal = new KeysOfAnotherLog('of this log', 'of another');
      expect(await errorOf(openPostgresKeys(ofAnother))).toEqual(refusal);
      const beside = await openPostgresKeysBeside(ofAnother);
      expect(beside?.epoch).toBe('of this log');
      await beside?.keys.close();
      // A former version has bound them to none.
      await look('UPDATE key_check SET epoch = NULL');
      await (await openPostgresKeys(ofAnother)).close();
      expect(await look('SELECT epoch FROM key_check')).toEqual([{ epoch: 'of another' }]);
    }));

  it('are not made anew for a log that was written with others', async () => {
    const url = await server.createDatabase();
    const written = { url, keyEncryptionKey, log: { ...log, isWritten: true } };
    expect(await errorOf(openPostgresKeys(written))).toEqual(new KeysOfAnotherLog(null, log.epoch));
    expect(await openPostgresKeysBeside(written)).toBeNull();
    await (await openPostgresKeys({ url, keyEncryptionKey, log })).close();
    await (await openPostgresKeys(written)).close();
  });

  it('go on after a request that PostgreSQL refuses', () =>
    withRings(1, async ([ring]) => {
      expect(await errorOf(ring?.keyFor('acme', 'a \0 byte') ?? Promise.resolve())).toMatchObject({
        message: 'PostgreSQL refused a statement about the keys (22021)',
      });
      expect(await ring?.keyFor('acme', 'one')).toHaveLength(32);
    }));

  it('are out of reach while the server is, and there again with it, as they were', () =>
    withRings(1, async ([ring]) => {
      const key = await ring?.keyFor('acme', 'one');
      await server.halt('at once');
      const asked = ring?.keyFor('acme', 'two') ?? Promise.resolve();
      expect(await errorOf(asked)).toBeInstanceOf(StoreUnavailable);
      await server.resume();
      await until(async () => (await ring?.keyFor('acme', 'two').catch(() => null)) !== null);
      expect(await ring?.find('acme', 'one')).toEqual(key);
    }));
});

describe('keys in memory', () => {
  const key = randomBytes(32);
  const aged = () => {
    const clock = { ms: 0 };
    return { clock, keys: new AgeingKeys({ keysMax: 2, ageMsMax: 10 }, () => clock.ms) };
  };

  it('are there until they are too old since they were asked for', () => {
    const { clock, keys } = aged();
    const asked = keys.asking();
    clock.ms = 4;
    keys.keep('a', key, asked);
    clock.ms = 9;
    expect(keys.get('a')).toBe(key);
    clock.ms = 10;
    expect(keys.get('a')).toBeUndefined();
  });

  it('are not kept when something was forgotten while they were on their way', () => {
    const { keys } = aged();
    for (const forget of [() => keys.forget('a'), () => keys.forgetAll()]) {
      const asked = keys.asking();
      forget();
      keys.keep('a', key, asked);
      expect(keys.get('a')).toBeUndefined();
    }
  });

  it('are at most so many', () => {
    const { keys } = aged();
    for (const name of ['a', 'b', 'c']) keys.keep(name, key, keys.asking());
    expect(['a', 'b', 'c'].map((name) => keys.get(name) !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
  });
});
