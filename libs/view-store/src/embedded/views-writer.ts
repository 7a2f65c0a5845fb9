import { checkpointTable } from '../read-model.js';
import { selectCheckpoint } from '../sql.js';
import type { Serving } from '../database/calls.js';
import { OtherFingerprint, ViewsInUse, ViewsUnreadable } from '../database/errors.js';
import {
  createTables,
  createViewIndexes,
  insertCheckpointRow,
  viewsWriting,
} from '../database/views-writing.js';
import type { OpenViews, ViewsFileWriterCalls } from './calls.js';
import { Connection, isBusy, isDamage } from './connection.js';
import { EmbeddedDatabase } from './database.js';
import {
  asideViews,
  buildingViews,
  hasTable,
  leaveWal,
  liveViews,
  selectCheckpointToMove,
} from './dialect.js';
import type { Served } from './wire.js';

/** Five per table, and some: a read model has tens of tables, not hundreds. */
const statementsMax = 512;

/** The one connection that writes the views; its reads see its own last commit. */
export const viewsWriterServed = (): Served => {
  let views: OpenedViews | null = null;
  const opened = (): OpenedViews => {
    if (views === null) throw new Error('the views have not been opened');
    return views;
  };
  const calls: Serving<ViewsFileWriterCalls> = {
    open: (input) =>
      readable(input.file, async () => {
        views = await openViews(input);
        return { position: checkpoint(views.connection).position };
      }),
    rows: (input) => opened().calls.rows(input),
    commit: (batch) => opened().calls.commit(batch),
    finish: () => opened().calls.finish(null),
    seal: ({ file }) => readable(file, () => seal(file)),
  };
  return { calls, close: () => views?.connection.close() };
};

const readable = async <T>(file: string, work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (isDamage(error)) throw new ViewsUnreadable(`${file} is damaged`, { cause: error });
    throw error;
  }
};

type OpenedViews = {
  readonly connection: Connection;
  readonly calls: ReturnType<typeof viewsWriting>;
};

const pragmasOf = { live: liveViews, building: buildingViews, aside: asideViews };

const openViews = async ({ file, mode, fingerprint, tables }: OpenViews): Promise<OpenedViews> => {
  const connection = new Connection(file, pragmasOf[mode], statementsMax);
  const database = new EmbeddedDatabase(connection);
  await database.transaction(async () => {
    if (connection.prepare(hasTable).all([checkpointTable.name]).length > 0) return;
    await createTables(database, tables);
    await insertCheckpointRow(database, fingerprint);
    if (mode === 'live') await createViewIndexes(database, tables);
  });
  if (checkpoint(connection).fingerprint !== fingerprint) {
    connection.close();
    throw new OtherFingerprint(`${file} holds the views of another read model`);
  }
  const shapes = new Map(tables.map((shape) => [shape.name, shape]));
  const generation = connection.prepare(selectCheckpointToMove).all([])[0]?.[2];
  return { connection, calls: viewsWriting({ database, tables: shapes, generation }) };
};

const checkpoint = (connection: Connection) => {
  const [row] = connection.prepare(selectCheckpoint).all([]);
  const [position, fingerprint] = row ?? [];
  return { position: typeof position === 'string' ? position : null, fingerprint };
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
