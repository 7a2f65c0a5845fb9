import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { organisationId, type Cell, type Position, type Table, type ViewRow } from '#kernel';
import { readModel } from '#platform';
import { openPostgresViews, type PostgresViews } from '#view-store';
import { startPostgres, type PostgresServer } from './index.js';

const [acme, other] = [organisationId('acme'), organisationId('other')];
const tables = readModel.projections.map(({ table }) => table);
const tenants = tables.filter(({ columns }) => 'organisation_id' in columns);

/** A row with something in every column. */
const rowOf = ({ columns, key }: Table, organisation: string): ViewRow =>
  Object.fromEntries(
    Object.entries(columns).map(([name, type]): readonly [string, Cell] => {
      if (name === key) return [name, `key of ${organisation}`];
      if (name === 'organisation_id') return [name, organisation];
      return [name, type.startsWith('integer') ? 1 : '{}'];
    }),
  );

describe('the tables of the views on PostgreSQL', () => {
  let server: PostgresServer;
  let url: string;
  let schema: string;
  let opened: PostgresViews;

  /** What statements give on a connection of the login, as the role, in one transaction. */
  const ask = async (role: string, ...statements: readonly string[]) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(`SET ROLE ${role}`);
      await client.query(`SET search_path = ${schema}`);
      await client.query('BEGIN');
      let rows: readonly ViewRow[] = [];
      for (const sql of statements) ({ rows } = await client.query<ViewRow>(sql));
      return rows;
    } finally {
      await client.end();
    }
  };
  const asking = (organisation: string): string =>
    `SELECT set_config('casement.organisation', ${pg.escapeLiteral(organisation)}, true)`;

  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
    opened = await openPostgresViews({ url, readModel });
    const { views } = opened;
    const changes = tables.flatMap((table) =>
      [acme, other].map((organisation) => {
        const row = rowOf(table, organisation);
        return { table: table.name, key: String(row[table.key]), row };
      }),
    );
    await views.commit({ after: null, position: '0000000000000001' as Position, changes });
    const [found] = await views.all.query('SELECT current_schema() AS name', []);
    schema = String(found?.['name']);
  });
  afterAll(async () => {
    await opened?.close();
    await server?.stop();
  });

  it('are each of an organisation', () => {
    expect(tenants.map(({ name }) => name)).toEqual(tables.map(({ name }) => name));
  });

  for (const { name } of tenants)
    describe(name, () => {
      const sql = `SELECT organisation_id FROM ${name}`;

      it('shows the application nothing while it has not said for whom it asks', async () => {
        expect(await ask('casement_app', sql)).toEqual([]);
        expect(await ask('casement_app', asking(''), sql)).toEqual([]);
      });

      it('shows it the rows of whom it asks for, and no other', async () => {
        const own = [{ organisation_id: 'acme' }];
        expect(await ask('casement_app', asking('acme'), sql)).toEqual(own);
        const theirs = `${sql} WHERE organisation_id = 'other'`;
        expect(await ask('casement_app', asking('acme'), theirs)).toEqual([]);
        expect(await opened.views.query(acme, sql, [])).toEqual(own);
        expect(await opened.views.query(acme, theirs, [])).toEqual([]);
      });

      it('shows its owner no more', async () => {
        expect(await ask('casement_owner', sql)).toEqual([]);
        expect(await ask('casement_owner', asking('other'), sql)).toEqual([
          { organisation_id: 'other' },
        ]);
      });

      it('takes nothing from the application', async () => {
        for (const change of [
          `DELETE FROM ${name}`,
          `INSERT INTO ${name} SELECT * FROM ${name}`,
          `UPDATE ${name} SET organisation_id = 'acme'`,
          `TRUNCATE ${name}`,
        ])
          await expect(ask('casement_app', asking('acme'), change)).rejects.toThrow('denied');
      });
    });

  it('are as closed to whoever calls himself strangely', async () => {
    const strange = [
      `' OR '1'='1`,
      `acme' --`,
      `acme'; SET ROLE casement_projector; --`,
      '%',
      '*',
      'acme\n',
      ' acme',
      'ACME',
      '$1',
      'null',
      '\ufffd',
      '\ud800',
      'a'.repeat(1_000_000),
    ];
    for (const organisation of strange)
      for (const { name } of tenants)
        expect(
          await opened.views.query(organisationId(organisation), `SELECT * FROM ${name}`, []),
        ).toEqual([]);
    const nul = opened.views.query(organisationId('acme\0'), 'SELECT * FROM messages', []);
    await expect(nul).rejects.toThrow('failed');
  });

  it('are asked for one organisation after another by the same few connections', async () => {
    const asked = Array.from({ length: 400 }, async (_, n) => {
      const whose = n % 3 === 0 ? organisationId(`nobody ${n}`) : n % 3 === 1 ? acme : other;
      const rows = await opened.views.query(whose, 'SELECT organisation_id FROM messages', []);
      return n % 3 === 0
        ? rows.length === 0
        : rows.every((row) => row['organisation_id'] === whose);
    });
    expect(new Set(await Promise.all(asked))).toEqual(new Set([true]));
  });

  it('keep what is no tenant’s from the application, but for where the views stand', async () => {
    await expect(ask('casement_app', 'SELECT * FROM parked_rows')).rejects.toThrow('denied');
    expect(await ask('casement_app', 'SELECT name FROM checkpoint')).toEqual([{ name: 'views' }]);
    await expect(ask('casement_app', 'DELETE FROM checkpoint')).rejects.toThrow('denied');
  });

  it('may be written by the projector alone', async () => {
    const change = `UPDATE messages SET organisation_id = 'acme'`;
    await expect(ask('casement_owner', 'BEGIN', change)).resolves.toEqual([]);
    expect(
      (await ask('casement_projector', `${change} RETURNING organisation_id`)).map(
        (row) => row['organisation_id'],
      ),
    ).toEqual(['acme', 'acme']);
  });
});
