import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type PostgresServer } from '../postgres/index.js';
import { read } from '../repository.js';

const script = read('docker/postgres-init.sql');
const password = 'a-password-of-a-spec';
const roles = ['casement_owner', 'casement_projector', 'casement_app'];

type Rows = readonly { readonly [column: string]: unknown }[];

const asked = async (url: string, sql: string, options?: string): Promise<Rows> => {
  const client = new pg.Client({ connectionString: url, ...(options ? { options } : {}) });
  await client.connect();
  try {
    const { rows }: { readonly rows: Rows } = await client.query(sql);
    return rows;
  } finally {
    await client.end();
  }
};

describe('docker/postgres-init.sql', () => {
  let server: PostgresServer;
  let superuser: string;

  const as = (user: string, secret: string): string => {
    const url = new URL(superuser);
    [url.username, url.password] = [user, secret];
    return url.href;
  };
  /** As the image of PostgreSQL runs it, which hands PGOPTIONS on. */
  const initialise = (secret: string) => asked(superuser, script, `-c casement.password=${secret}`);

  beforeAll(async () => {
    server = await startPostgres();
    superuser = server.asSuperuser(await server.createDatabase('installation'));
    await asked(superuser, 'ALTER DATABASE installation OWNER TO postgres; DROP ROLE casement');
  });
  afterAll(() => server?.stop());
  beforeEach(() => initialise(password));

  it('makes a login that is nobody by itself, and may act as each of the three roles', async () => {
    const url = as('casement', password);
    const [login] = await asked(
      url,
      'SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles ' +
        'WHERE rolname = current_user',
    );
    expect(Object.values(login ?? {})).toEqual([false, false, false, false]);
    for (const role of roles)
      expect(await asked(url, 'SELECT current_user AS who', `-c role=${role}`)).toEqual([
        { who: role },
      ]);
  });

  it('lets the owner make schemas, and neither of those who write and read', async () => {
    const url = as('casement', password);
    await asked(url, 'CREATE SCHEMA made; DROP SCHEMA made', '-c role=casement_owner');
    await asked(url, 'CREATE SCHEMA made AUTHORIZATION casement_owner; DROP SCHEMA made');
    for (const role of ['casement_projector', 'casement_app'])
      await expect(asked(url, 'CREATE SCHEMA made', `-c role=${role}`)).rejects.toThrow(
        'permission denied',
      );
  });

  it('gives nobody a way around row-level security, and nobody else a way in', async () => {
    expect(
      await asked(
        superuser,
        'SELECT rolname FROM pg_roles WHERE (rolbypassrls OR rolsuper OR rolcanlogin) ' +
          `AND rolname IN ('${roles.join("', '")}')`,
      ),
    ).toEqual([]);
    await asked(superuser, `CREATE ROLE stranger LOGIN PASSWORD '${password}'`);
    await expect(asked(as('stranger', password), 'SELECT 1')).rejects.toThrow('permission denied');
    await asked(superuser, 'DROP ROLE stranger');
  });

  it('can be run again, and then sets the password anew', async () => {
    await initialise('another-password-of-a-spec');
    await expect(asked(as('casement', password), 'SELECT 1')).rejects.toThrow('password');
    expect(await asked(as('casement', 'another-password-of-a-spec'), 'SELECT 1 AS one')).toEqual([
      { one: 1 },
    ]);
  });

  it('refuses to make a login without a password, or with a short one', async () => {
    await expect(asked(superuser, script)).rejects.toThrow('at least 16 characters');
    await expect(initialise('short')).rejects.toThrow('at least 16 characters');
  });
});
