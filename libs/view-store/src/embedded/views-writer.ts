import { checkpointName, checkpointTable } from '../read-model.js';
import { CheckpointMoved } from '../port.js';
import {
  createIndexes,
  deleteByKey,
  insertCheckpoint,
  selectByKey,
  selectCheckpoint,
  updateCheckpoint,
  upsert,
} from '../sql.js';
import { tableShape, type Cells, type TableShape } from '../table-shape.js';
import type { OpenViews, Served, TableChanges, ViewsWriterCalls, WireBatch } from './calls.js';
import { Connection, isBusy, isDamage } from './connection.js';
import {
  beginWriting,
  buildingViews,
  createTable,
  hasTable,
  leaveWal,
  liveViews,
} from './dialect.js';
import { cellsFrom } from './wire-codec.js';
import { OtherFingerprint, ViewsInUse, ViewsUnreadable } from './errors.js';

/** Five per table, and some: a read model has tens of tables, not hundreds. */
const statementsMax = 512;
/** Rows of one statement. Three times as fast as one by one; the rest of a batch goes one by one. */
const rowsPerStatement = 32;

/** The one connection that writes the views; its reads see its own last commit. */
export const viewsWriterServed = (): Served => {
  let views: OpenedViews | null = null;
  const opened = (): OpenedViews => {
    if (views === null) throw new Error('the views have not been opened');
    return views;
  };
  const calls: ViewsWriterCalls = {
    open: (input) => {
      views = readable(input.file, () => openViews(input));
      return { position: checkpoint(views.connection).position };
    },
    rows: ({ table, keys }) => rows(opened(), table, keys),
    commit: (batch) => commit(opened(), batch),
    finish: () => finish(opened()),
    seal: ({ file }) => readable(file, () => seal(file)),
  };
  return { calls, close: () => views?.connection.close() };
};

const readable = <T>(file: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (isDamage(error)) throw new ViewsUnreadable(`${file} is damaged`, { cause: error });
    throw error;
  }
};

type OpenedViews = {
  readonly connection: Connection;
  readonly tables: ReadonlyMap<string, TableShape>;
};

const openViews = ({ file, mode, fingerprint, tables }: OpenViews): OpenedViews => {
  const pragmas = mode === 'live' ? liveViews : buildingViews;
  const connection = new Connection(file, pragmas, statementsMax);
  connection.transaction(beginWriting, () => {
    if (connection.prepare(hasTable).all([checkpointTable.name]).length > 0) return;
    for (const shape of [tableShape(checkpointTable), ...tables])
      connection.execute(createTable(shape));
    if (mode === 'live') for (const sql of tables.flatMap(createIndexes)) connection.execute(sql);
    connection.prepare(insertCheckpoint).run([checkpointName, null, fingerprint]);
  });
  if (checkpoint(connection).fingerprint !== fingerprint) {
    connection.close();
    throw new OtherFingerprint(`${file} holds the views of another read model`);
  }
  return { connection, tables: new Map(tables.map((shape) => [shape.name, shape])) };
};

const checkpoint = (connection: Connection) => {
  const [row] = connection.prepare(selectCheckpoint).all([]);
  const [position, fingerprint] = row ?? [];
  return { position: typeof position === 'string' ? position : null, fingerprint };
};

const shapeOf = ({ tables }: OpenedViews, table: string): TableShape => {
  const shape = tables.get(table);
  if (shape === undefined) throw new Error(`the read model has no table "${table}"`);
  return shape;
};

const rows = (views: OpenedViews, table: string, keys: readonly string[]): readonly Cells[] => {
  const shape = shapeOf(views, table);
  const found: Cells[] = [];
  for (const chunk of chunks(keys)) {
    const statement = views.connection.prepare(selectByKey(shape, chunk.length));
    found.push(...cellsFrom(statement.all(chunk)));
  }
  return found;
};

const commit = ({ connection, ...views }: OpenedViews, batch: WireBatch): void =>
  connection.transaction(beginWriting, () => {
    if (checkpoint(connection).position !== batch.after)
      throw new CheckpointMoved(`the views no longer stand at ${batch.after ?? 'the beginning'}`);
    for (const changes of batch.changes) write({ connection, ...views }, changes);
    connection.prepare(updateCheckpoint).run([batch.position]);
  });

const write = (views: OpenedViews, { table, upserts, deletes }: TableChanges): void => {
  const shape = shapeOf(views, table);
  for (const chunk of chunks(deletes))
    views.connection.prepare(deleteByKey(shape, chunk.length)).run(chunk);
  for (const chunk of chunks(upserts))
    views.connection.prepare(upsert(shape, chunk.length)).run(chunk.flat());
};

/** Chunks of exactly two sizes, full and one, so that a table has few statements to prepare. */
const chunks = <T>(items: readonly T[]): readonly (readonly T[])[] => {
  const full = items.length - (items.length % rowsPerStatement);
  const result: (readonly T[])[] = [];
  for (let start = 0; start < full; start += rowsPerStatement)
    result.push(items.slice(start, start + rowsPerStatement));
  for (const item of items.slice(full)) result.push([item]);
  return result;
};

const finish = ({ connection, tables }: OpenedViews): void => {
  for (const sql of [...tables.values()].flatMap(createIndexes)) connection.execute(sql);
};

/**
 * A file that is about to be replaced must not leave its WAL behind: SQLite would play the old WAL
 * into the new file. Only the last connection may leave WAL mode, which is the proof we need.
 */
const seal = (file: string): void => {
  const connection = new Connection(file, [], statementsMax);
  try {
    const [row] = connection.prepare(leaveWal).all([]);
    if (row?.[0] !== 'delete') throw new ViewsInUse(`${file} is open elsewhere`);
  } catch (error) {
    if (isBusy(error)) throw new ViewsInUse(`${file} is open elsewhere`, { cause: error });
    throw error;
  } finally {
    connection.close();
  }
};
