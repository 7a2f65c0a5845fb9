import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type PostgresServer } from '../../../test/postgres/index.js';
import { allRoles, ensureRoles, RolesMissing, rolesHad } from './roles.js';

describe('the roles of an installation', () => {
  let server: PostgresServer;
  let url: string;

  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
  });
  afterAll(() => server.stop());

  const as = async <T>(address: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const administer = (...statements: readonly string[]): Promise<void> =>
    as(server.asSuperuser(url), async (client) => {
      for (const sql of statements) await client.query(sql);
    });
  const startAnew = (...statements: readonly string[]): Promise<void> =>
    administer(
      ...allRoles.map((role) => `DROP ROLE IF EXISTS ${role}`),
      'ALTER ROLE casement CREATEROLE',
      'ALTER ROLE casement RESET ALL',
      ...statements,
    );
  const ours = (isOurs: boolean) => allRoles.map((name) => ({ name, exists: true, isOurs }));
  /** Roles to act as and their rights, as the stores use them. */
  const actAndOwn = async (client: pg.Client): Promise<void> => {
    for (const role of allRoles) await client.query(`SET ROLE ${role}`);
    await client.query('SET ROLE casement_owner; CREATE TEMP TABLE owned (); RESET ROLE');
    await client.query('DROP TABLE owned');
  };

  it('are made by a login that may, once by however many at the same time', async () => {
    await startAnew();
    const url2 = await server.createDatabase();
    await Promise.all(
      [url, url2, url, url2, url, url2].map((address) =>
        as(address, (client) => ensureRoles(client, allRoles)),
      ),
    );
    await as(url, async (client) => {
      expect(await rolesHad(client)).toEqual(ours(true));
      await actAndOwn(client);
    });
  });

  it.each(['', 'inherit', 'set', 'set, inherit'])(
    'are both acted as and had, when the server gives those who make a role: "%s"',
    async (given) => {
      await startAnew(`ALTER ROLE casement SET createrole_self_grant = '${given}'`);
      await as(url, async (client) => {
        await ensureRoles(client, allRoles);
        expect(await rolesHad(client)).toEqual(ours(true));
        await actAndOwn(client);
      });
    },
  );

  it.each(['INHERIT', 'SET'])(
    'are not the login’s that has them without %s, and may not give them to itself',
    async (option) => {
      await startAnew(
        ...allRoles.flatMap((role) => [`CREATE ROLE ${role}`, `GRANT ${role} TO casement`]),
        'ALTER ROLE casement NOCREATEROLE',
      );
      await as(url, async (client) => {
        await ensureRoles(client, allRoles);
        await administer(`GRANT casement_owner TO casement WITH ${option} FALSE`);
        const [first, ...others] = ours(true);
        expect(await rolesHad(client)).toEqual([{ ...first, isOurs: false }, ...others]);
        await expect(ensureRoles(client, allRoles)).rejects.toThrow(RolesMissing);
      });
    },
  );

  it('are told to be missing where the login may make none', async () => {
    await startAnew('ALTER ROLE casement NOCREATEROLE');
    await as(url, async (client) => {
      expect((await rolesHad(client)).map(({ exists }) => exists)).toEqual([false, false, false]);
      const missing = ensureRoles(client, allRoles);
      await expect(missing).rejects.toThrow('may not make the role casement_owner or act as it');
    });
  });
});
