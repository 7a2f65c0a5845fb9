import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** The login of every database of a test server: no superuser, may create roles. */
export const login = 'casement';

/** The rows of one statement, on a connection of its own. */
export const asked = async (url: string, sql: string): Promise<readonly unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows }: { readonly rows: readonly unknown[] } = await client.query(sql);
    return rows;
  } finally {
    await client.end();
  }
};

/** An empty database on a server that another process has started; its login owns it. */
export const createDatabaseOn = async (superuserUrl: string): Promise<string> => {
  const name = `casement_${randomUUID().replaceAll('-', '')}`;
  await asked(superuserUrl, `CREATE DATABASE ${name} OWNER ${login} TEMPLATE template0`);
  const url = new URL(superuserUrl);
  url.username = login;
  url.pathname = name;
  return url.href;
};

/** Whoever is still connected to it loses the connection. */
export const dropDatabaseOn = async (superuserUrl: string, url: string): Promise<void> => {
  const name = new URL(url).pathname.slice(1);
  await asked(superuserUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
};
