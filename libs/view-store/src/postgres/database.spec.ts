import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type PostgresServer } from '../../../../test/postgres/index.js';
import { ViewStoreUnavailable } from '../port.js';
import { PostgresDatabase } from './database.js';
import { StatementRefused } from './errors.js';

describe('a PostgreSQL database', () => {
  let server: PostgresServer;
  let database: PostgresDatabase;

  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.createDatabase();
    const common = { url, role: null, schema: 'public', statementMsMax: 500 };
    database = new PostgresDatabase({ ...common, connectionsMax: 2 });
    await database.prepare('CREATE TABLE seen (name text PRIMARY KEY, n bigint)').run([]);
  });
  afterAll(async () => {
    await database.close();
    await server.stop();
  });
  const save = 'INSERT INTO seen (name, n) VALUES (?, ?)';
  const all = 'SELECT name, n FROM seen WHERE name LIKE ? ORDER BY name';

  it('gives integers as numbers, sums of them too, and truth as 0 or 1', async () => {
    await database.prepare(save).run(['numbers', Number.MAX_SAFE_INTEGER]);
    const sql = 'SELECT n, count(*), sum(n), n > ?, NULL FROM seen WHERE name = ? GROUP BY n';
    expect(await database.prepare(sql).all([1, 'numbers'])).toEqual([
      [Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER, 1, null],
    ]);
  });

  it('commits what a transaction did, or nothing of it', async () => {
    await database.transaction(async (connection) => {
      await connection.prepare(save).run(['kept 1', 1]);
      await connection.prepare(save).run(['kept 2', 2]);
    });
    const failed = database.transaction(async (connection) => {
      await connection.prepare(save).run(['kept 3', 3]);
      await connection.prepare(save).run(['kept 1', 3]);
    });

    await expect(failed).rejects.toThrow(StatementRefused);
    expect(await database.prepare(all).all(['kept%'])).toEqual([
      ['kept 1', 1],
      ['kept 2', 2],
    ]);
  });

  it('does what is asked in its order, also when nobody waits for it', async () => {
    const [, , rows] = await database.transaction((connection) =>
      Promise.all(
        [`INSERT INTO seen VALUES ('ordered', 1)`, `UPDATE seen SET n = n + 1`, all].map(
          async (sql) => connection.prepare(sql).all(sql === all ? ['ordered'] : []),
        ),
      ),
    );
    expect(rows).toEqual([['ordered', 2]]);
  });

  it('tells of a refusal nothing that was stored or given', async () => {
    const sql = '-- sizes\nSELECT CAST(CAST(? AS text) AS bigint)';
    const told = Promise.resolve(database.prepare(sql).all(['a secret']));
    expect(await told.then(() => null, String)).toBe(
      'StatementRefused: PostgreSQL refused the query "sizes" (22P02)',
    );
  });

  it('breaks off what takes too long, and goes on', async () => {
    const slow = database.prepare('SELECT pg_sleep(60)').all([]);
    await expect(slow).rejects.toThrow(ViewStoreUnavailable);
    expect(await database.prepare('SELECT 1').all([])).toEqual([[1]]);
  });

  it('is unavailable while its connections are broken, and heals by itself', async () => {
    await Promise.all([1, 2].map(async (n) => database.prepare('SELECT ?::int').all([n])));
    await server.halt('at once');
    await expect(database.prepare('SELECT 1').all([])).rejects.toThrow(ViewStoreUnavailable);
    await server.resume();
    expect(await database.prepare('SELECT 1').all([])).toEqual([[1]]);
  });

  it('rolls back what was under way when its connection broke', async () => {
    const broken = database.transaction(async (connection) => {
      await connection.prepare(save).run(['broken', 1]);
      await server.terminateConnections();
      await connection.prepare('SELECT 1').all([]);
    });
    await expect(broken).rejects.toThrow(ViewStoreUnavailable);
    expect(await database.prepare(all).all(['broken'])).toEqual([]);
  });
});
