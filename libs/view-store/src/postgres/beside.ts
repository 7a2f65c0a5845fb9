import type { Position } from '#kernel';
import { closedAfter, rolesHad, type RoleHad } from '#postgres';
import { cellsFrom, rowsFrom } from '../database/row-codec.js';
import { asPosition } from '../followers/positions.js';
import type { ReadModel, ReadableViews } from '../port.js';
import { fingerprint } from '../read-model.js';
import { selectCheckpoint } from '../sql.js';
import { PostgresDatabase, type Read } from './database.js';
import { schemaExists, schemasOf } from './schemas.js';
import { reportingOn } from './view-store.js';

const statementMsMax = 10_000;

/** The views of one moment, as they are read beside whoever projects them. */
export type PostgresMoment = ReadableViews & { readonly position: Position | null };

/**
 * What `work` finds in the views of a read model, all of one moment, while others write on; null when
 * there are none of this version. Changes nothing. Throws ViewStoreUnavailable.
 */
export const readPostgresViews = async <T>(
  { url, readModel }: { readonly url: string; readonly readModel: ReadModel },
  work: (views: PostgresMoment) => Promise<T>,
): Promise<T | null> => {
  const { live } = schemasOf(fingerprint(readModel));
  if (!(await asLogin(url, (login) => schemaExists(login, live)))) return null;
  return closedAfter(reportingOn({ url, schema: live }), (views) =>
    views.readMoment(async (read) => {
      const [row] = (await read(selectCheckpoint, [])).rows;
      const position = asPosition(typeof row?.[0] === 'string' ? row[0] : null);
      return work({ position, ...readable(read) });
    }),
  );
};

export const readable = (read: Read): ReadableViews => ({
  query: async (sql, parameters) => {
    const { columns, rows } = await read(sql, parameters);
    return rowsFrom({ columns, rows: cellsFrom(rows) });
  },
});

export type PostgresServerSeen = {
  /** As the server says it: `17.2`. */
  readonly version: string;
  readonly roles: readonly RoleHad[];
  readonly mayMakeRoles: boolean;
};

/** What a server is and what its login may do there. Changes nothing. Throws ViewStoreUnavailable. */
export const examinePostgres = ({ url }: { readonly url: string }): Promise<PostgresServerSeen> =>
  asLogin(url, async (login) => {
    const sql =
      `SELECT current_setting('server_version'), rolsuper OR rolcreaterole` +
      ` FROM pg_roles WHERE rolname = current_user`;
    const [row] = await login.prepare(sql).all([]);
    const said = typeof row?.[0] === 'string' ? row[0] : 'unknown';
    return {
      version: said.replace(/ .*/, ''),
      roles: await login.direct('the roles', rolesHad),
      mayMakeRoles: row?.[1] === 1,
    };
  });

const asLogin = <T>(url: string, work: (login: PostgresDatabase) => Promise<T>): Promise<T> => {
  const own = { role: null, schema: 'public', connectionsMax: 1, readOnly: true };
  return closedAfter(new PostgresDatabase({ url, ...own, statementMsMax }), work);
};
