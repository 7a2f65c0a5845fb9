import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type PostgresServer } from '../../../test/postgres/index.js';
import { clientConfig, type ConnectionOptions } from './connecting.js';
import { Pool } from './pool.js';

class Unavailable extends Error {}

describe('a pool of connections', () => {
  let server: PostgresServer;
  let url: string;

  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
  });
  afterAll(() => server.stop());

  const after = { isBroken: () => true, told: (error: unknown) => error as Error };
  const withPool = async (
    options: Partial<ConnectionOptions>,
    work: (pool: Pool, settingOf: (name: string) => Promise<unknown>) => Promise<void>,
  ): Promise<void> => {
    const common = { url, role: null, schema: 'public', statementMsMax: 1_000 };
    const config = clientConfig('spec', { ...common, ...options });
    const pool = new Pool({ config, connectionsMax: 1, Unavailable });
    const settingOf = (name: string): Promise<unknown> =>
      pool.lend(async (client) => {
        const sql = `SELECT current_setting('${name}') AS setting`;
        const { rows } = await client.query<{ readonly setting: string }>(sql);
        return rows[0]?.setting;
      }, after);
    try {
      await work(pool, settingOf);
    } finally {
      await pool.close();
    }
  };

  it('tells each connection its limits, beside what the URL tells it', async () => {
    const address = new URL(url);
    address.searchParams.set('options', '-c work_mem=5MB');
    await withPool({ url: address.href, durable: true, readOnly: true }, async (_, settingOf) => {
      expect(await settingOf('work_mem')).toBe('5MB');
      expect(await settingOf('application_name')).toBe('casement spec');
      expect(await settingOf('statement_timeout')).toBe('1s');
      expect(await settingOf('lock_timeout')).toBe('5s');
      expect(await settingOf('idle_in_transaction_session_timeout')).toBe('3s');
      expect(await settingOf('synchronous_commit')).toBe('on');
      expect(await settingOf('default_transaction_read_only')).toBe('on');
    });
  });

  it('has none that may take as long as it takes', () =>
    withPool({ statementMsMax: null }, async (_, settingOf) => {
      for (const name of [
        'statement_timeout',
        'lock_timeout',
        'idle_in_transaction_session_timeout',
      ])
        expect(await settingOf(name)).toBe('0');
      expect(await settingOf('synchronous_commit')).toBe('off');
    }));

  it('tells whoever would be one too many to wait, and serves the others', () =>
    withPool({}, async (pool) => {
      let give = (): void => undefined;
      const taken = new Promise<void>((resolve) => (give = resolve));
      const one = pool.lend(() => taken, after);
      const waiting = Array.from({ length: 10_000 }, () =>
        pool.lend(async () => undefined, { ...after, isBroken: () => false }),
      );
      await expect(pool.lend(async () => undefined, after)).rejects.toThrow(Unavailable);
      give();
      await one;
      expect(await Promise.all(waiting)).toHaveLength(10_000);
    }));

  it('closes a connection that is broken after an error, and no other', () =>
    withPool({}, async (pool) => {
      const pid = (isBroken: boolean): Promise<unknown> => {
        let seen: unknown;
        const fail = new Error('told as it is');
        return pool
          .lend(
            async (client) => {
              seen = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0];
              throw fail;
            },
            { ...after, isBroken: (error) => error === fail && isBroken },
          )
          .catch(() => seen);
      };
      const first = await pid(false);
      expect(await pid(true)).toEqual(first);
      expect(await pid(false)).not.toEqual(first);
    }));

  it('has none once it is closed', () =>
    withPool({}, async (pool) => {
      await pool.close();
      await expect(pool.lend(async () => undefined, after)).rejects.toThrow(Unavailable);
    }));
});
