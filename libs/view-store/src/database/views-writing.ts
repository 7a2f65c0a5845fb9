import { CheckpointMoved } from '../port.js';
import { checkpointName, checkpointTable } from '../read-model.js';
import { createIndexes, insertCheckpoint, updateCheckpoint } from '../sql.js';
import { tableShape, type Cells, type TableShape } from '../table-shape.js';
import type { Serving, TableChanges, ViewsWriterCalls, WireBatch } from './calls.js';
import type { Connection, Database } from './connection.js';
import type { Dialect, Statement } from './dialect.js';
import { cellsFrom } from './row-codec.js';

export type WrittenViews = {
  readonly database: Database;
  readonly tables: ReadonlyMap<string, TableShape>;
  /** Which tables these were when their position was read. */
  readonly generation: unknown;
};

/** Makes the tables of a read model, without their indexes. */
export const createTables = async (
  connection: Connection,
  tables: readonly TableShape[],
): Promise<void> => {
  for (const shape of [tableShape(checkpointTable), ...tables])
    for (const sql of connection.dialect.createTable(shape)) await connection.prepare(sql).run([]);
};

/** Views without it are not whole. */
export const insertCheckpointRow = async (
  connection: Connection,
  fingerprint: string,
): Promise<void> => connection.prepare(insertCheckpoint).run([checkpointName, null, fingerprint]);

export const createViewIndexes = async (
  connection: Connection,
  tables: Iterable<TableShape>,
): Promise<void> => {
  for (const shape of tables)
    for (const sql of createIndexes(shape)) await connection.prepare(sql).run([]);
};

/** What the projector asks; its reads see its own last commit. */
export const viewsWriting = ({
  database,
  tables,
  generation,
}: WrittenViews): Serving<ViewsWriterCalls> => {
  const shapeOf = (table: string): TableShape => {
    const shape = tables.get(table);
    if (shape === undefined) throw new Error(`the read model has no table "${table}"`);
    return shape;
  };
  const { dialect } = database;
  const state: CommitState = { generation };
  return {
    rows: ({ table, keys }) => rows(database, dialect.selectRows(shapeOf(table), keys)),
    commit: (batch) => {
      const changes = batch.changes.flatMap((change) =>
        statementsOf(dialect, shapeOf(change.table), change),
      );
      return commit(database, state, batch, changes);
    },
    finish: () =>
      database.transaction((connection) => createViewIndexes(connection, tables.values())),
  };
};

const rows = async (
  connection: Connection,
  statements: readonly Statement[],
): Promise<readonly Cells[]> => {
  const found = await Promise.all(
    statements.map(async ({ sql, parameters }) => connection.prepare(sql).all(parameters)),
  );
  return cellsFrom(found.flat());
};

/** Which tables the last commit found. */
type CommitState = { generation: unknown };

const commit = (
  database: Database,
  state: CommitState,
  { after, position }: WireBatch,
  changes: readonly Statement[],
): Promise<void> =>
  database.transaction(async (connection) => {
    const { dialect } = connection;
    const [row] = await connection.prepare(dialect.selectCheckpointToMove).all([]);
    const [at, , generation] = row ?? [];
    const last = state.generation;
    state.generation = generation;
    // Views that were rebuilt beside these and put in their place may hold other rows at one place.
    if (row === undefined || at !== after || last !== generation)
      throw new CheckpointMoved(`the views no longer stand at ${after ?? 'the beginning'}`);
    const all = [
      ...changes,
      { sql: updateCheckpoint, parameters: [position] },
      ...dialect.tellMoved(position),
    ];
    await Promise.all(
      all.map(async ({ sql, parameters }) => connection.prepare(sql).run(parameters)),
    );
  });

const statementsOf = (
  dialect: Dialect,
  shape: TableShape,
  { upserts, deletes }: TableChanges,
): readonly Statement[] => [
  ...dialect.deleteRows(shape, deletes),
  ...dialect.upsertRows(shape, upserts),
];
