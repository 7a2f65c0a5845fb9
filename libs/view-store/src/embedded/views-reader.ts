import { ViewQueryFailed } from '../port.js';
import { checkpointTable } from '../read-model.js';
import { selectCheckpoint } from '../sql.js';
import type { Cells } from '../table-shape.js';
import type { Serving } from '../database/calls.js';
import { mustBeBounded, mustBeQuery, queryRowsMax } from '../database/views-reading.js';
import type { ViewsFileReaderCalls } from './calls.js';
import type { Served } from './wire.js';
import { Connection, besideOwner, isDamage } from './connection.js';
import { beginReading, hasTable, readingViews } from './dialect.js';
import { ViewsUnreadable } from '../database/errors.js';
import { cellsFrom } from '../database/row-codec.js';
import { statementName } from '../database/statement-name.js';

const statementsMax = 256;

/**
 * The connection that reads. A thread of its own, because in one thread a query would wait for the
 * whole of a thousand-event commit, and two SQLite connections in WAL mode do not wait.
 */
export const viewsReaderServed = (): Served => {
  let connection: Connection | null = null;
  const opened = (): Connection => {
    if (connection === null) throw new Error('the views have not been opened');
    return connection;
  };
  const calls: Serving<ViewsFileReaderCalls> = {
    open: ({ file, beside }) => {
      const name = beside ? besideOwner(file) : file;
      connection = undamaged(() => new Connection(name, readingViews, statementsMax));
    },
    hold: () => undamaged(() => hold(opened())),
    query: ({ sql, parameters }) => query(opened(), sql, parameters),
    position: () => {
      const [row] = opened().prepare(selectCheckpoint).all([]);
      return typeof row?.[0] === 'string' ? row[0] : null;
    },
  };
  return { calls, close: () => connection?.close() };
};

/**
 * A transaction that only reads: in WAL mode it keeps the moment at which it first looked, and the
 * owner writes on beside it.
 */
const hold = (connection: Connection) => {
  connection.execute(beginReading);
  const isViews = connection.prepare(hasTable).all([checkpointTable.name]).length > 0;
  const [row] = isViews ? connection.prepare(selectCheckpoint).all([]) : [];
  if (row === undefined) throw new ViewsUnreadable('the file holds no views');
  const [position, fingerprint] = row;
  return {
    position: typeof position === 'string' ? position : null,
    fingerprint: String(fingerprint),
  };
};

const undamaged = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (isDamage(error)) throw new ViewsUnreadable('the file is damaged', { cause: error });
    throw error;
  }
};

const query = (connection: Connection, sql: string, parameters: Cells) => {
  const statement = prepare(connection, sql);
  const rows = read(sql, () => statement.upTo(queryRowsMax + 1, parameters));
  mustBeBounded(sql, rows.length);
  return { columns: statement.columns(), rows: cellsFrom(rows) };
};

/**
 * query_only stops every write, but a PRAGMA could switch it off; so only what begins like a query
 * is prepared at all. The text holds no parameters, so SQLite's complaint about it may be told.
 */
const prepare = (connection: Connection, sql: string) => {
  mustBeQuery(sql);
  try {
    return connection.prepare(sql);
  } catch (cause) {
    throw new ViewQueryFailed(`${statementName(sql)} failed`, { cause });
  }
};

/** The cause is left out: what SQLite says while it runs may quote a parameter. */
const read = <T>(sql: string, work: () => T): T => {
  try {
    return work();
  } catch {
    throw new ViewQueryFailed(`${statementName(sql)} failed`);
  }
};
