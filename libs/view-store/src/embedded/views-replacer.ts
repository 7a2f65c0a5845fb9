import type { Serving } from '../database/calls.js';
import { selectCheckpoint } from '../sql.js';
import type { ViewsReplacerCalls } from './calls.js';
import { besideOwner, besideOwnerToWrite, Connection } from './connection.js';
import { attachFresh, beginReading, lockViews, replaceRows, replacingViews } from './dialect.js';
import type { Served } from './wire.js';

/** A statement for each table is prepared once. */
const statementsMax = 1;

/** The connection that puts fresh views in the place of those that another process has open. */
export const viewsReplacerServed = (): Served => {
  let connection: Connection | null = null;
  const opened = (): Connection => {
    if (connection === null) throw new Error('the views have not been opened');
    return connection;
  };
  const calls: Serving<ViewsReplacerCalls> = {
    open: ({ file, fresh }) => {
      connection = new Connection(besideOwnerToWrite(file), replacingViews, statementsMax);
      connection.prepare(attachFresh).run([besideOwner(fresh)]);
    },
    lock: () => {
      // Not with the lock at once, which would be that of the fresh views, too.
      opened().execute(beginReading);
      opened().prepare(lockViews).run([]);
      const [row] = opened().prepare(selectCheckpoint).all([]);
      return { position: typeof row?.[0] === 'string' ? row[0] : null };
    },
    replace: ({ tables }) => {
      for (const sql of tables.flatMap(replaceRows)) opened().prepare(sql).run([]);
      opened().execute('COMMIT');
    },
  };
  // What has not been committed by then has not happened.
  return { calls, close: () => connection?.close() };
};
