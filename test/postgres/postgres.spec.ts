import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../harness/eventually.js';
import { startPostgres, type PostgresServer } from './index.js';

const ask = async (url: string, sql: string): Promise<readonly unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows }: { readonly rows: readonly unknown[] } = await client.query(sql);
    return rows;
  } finally {
    await client.end();
  }
};

describe('a PostgreSQL server of a spec', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  it('gives databases that know nothing of each other', async () => {
    const [first, second] = [await server.createDatabase(), await server.createDatabase()];
    await ask(first, 'CREATE TABLE seen (n bigint)');

    expect(await ask(first, 'SELECT n FROM seen')).toEqual([]);
    await expect(ask(second, 'SELECT n FROM seen')).rejects.toThrow('does not exist');
  });

  it('has a login that is no superuser', async () => {
    const url = await server.createDatabase();
    const whether = 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user';

    expect(await ask(url, whether)).toEqual([{ rolsuper: false }]);
    expect(await ask(server.asSuperuser(url), whether)).toEqual([{ rolsuper: true }]);
  });

  it('keeps what was committed over a crash and a restart, on the same port', async () => {
    const url = await server.createDatabase();
    await ask(url, 'CREATE TABLE seen AS SELECT 1 AS n');
    await server.checkpoint();

    await server.halt('at once');
    await expect(ask(url, 'SELECT n FROM seen')).rejects.toThrow('ECONNREFUSED');
    await server.resume();
    await server.restart();

    expect(await ask(url, 'SELECT n FROM seen')).toEqual([{ n: 1 }]);
  });

  it('breaks connections when told to', async () => {
    const client = new pg.Client({ connectionString: await server.createDatabase() });
    const errors: Error[] = [];
    const broken = new Promise((resolve) => client.once('end', resolve));
    client.on('error', (error) => errors.push(error));
    await client.connect();

    expect(await server.terminateConnections()).toBe(1);
    await broken;
    expect(String(errors[0])).toContain('terminating connection');
  });

  it('leaves neither process nor directory behind when whoever started it is killed', async () => {
    const file = fileURLToPath(new URL('main.js', import.meta.url));
    const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [url] = (await once(child.stdout, 'data')) as [Buffer];
    const text = url.toString('utf8').trim();
    const [found] = await ask(text.replace('//casement:', '//postgres:'), 'SHOW data_directory');
    const { data_directory: data } = found as { readonly data_directory: string };

    child.kill('SIGKILL');

    await eventually('the directory is gone', async () => {
      const left = await readdir(tmpdir());
      return !left.some((name) => data.startsWith(join(tmpdir(), name, '/')));
    });
    await expect(ask(text, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });
});
