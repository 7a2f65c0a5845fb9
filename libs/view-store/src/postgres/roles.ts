import type { Connection } from '../database/connection.js';
import { StatementRefused } from './errors.js';
import type { PostgresDatabase } from './database.js';
import { application, owner, projector } from './dialect.js';

/** The login of the URL may neither make the roles nor act as them; says which and what to do. */
export class RolesMissing extends Error {
  override readonly name = 'RolesMissing';
}

const all = [owner, projector, application];
const exists = 'SELECT 1 FROM pg_roles WHERE rolname = ?';
/** Whoever has made a role may give it, and does not yet have it. */
const isMember = `SELECT 1 WHERE pg_has_role(current_user, CAST(? AS text), 'USAGE')`;

/** Roles are the whole server's: whoever makes them at the same moment, of any database, may win. */
const triesMax = 10;
/** Exists already, twice the same grant at once. */
const raced = new Set(['42710', '23505', 'XX000']);
const forbidden = '42501';

/**
 * Makes the roles that are missing, without a password and unable to log in, and lets the login act
 * as them. A login that may do neither is content when an administrator has.
 */
export const ensureRoles = async (database: PostgresDatabase): Promise<void> => {
  for (const role of all) await ensureRole(database, role);
};

const ensureRole = async (database: PostgresDatabase, role: string): Promise<void> => {
  for (let tried = 1; ; tried += 1)
    try {
      if (!(await found(database, exists, role)))
        await database.prepare(`CREATE ROLE ${role} NOLOGIN`).run([]);
      if (!(await found(database, isMember, role)))
        await database.prepare(`GRANT ${role} TO CURRENT_USER`).run([]);
      return;
    } catch (error) {
      const code = error instanceof StatementRefused ? error.code : null;
      if (code === forbidden)
        throw new RolesMissing(
          `the login of the database may not make the role ${role} or act as it:` +
            ` let an administrator create it and grant it to the login`,
        );
      if (code === null || !raced.has(code) || tried >= triesMax) throw error;
    }
};

export type RoleHad = {
  readonly name: string;
  readonly exists: boolean;
  /** Whether the login may act as it. */
  readonly isOurs: boolean;
};

/** The roles that an installation needs, as they are. */
export const rolesHad = async (connection: Connection): Promise<readonly RoleHad[]> => {
  const roles: RoleHad[] = [];
  for (const name of all) {
    const isThere = await found(connection, exists, name);
    const isOurs = isThere && (await found(connection, isMember, name));
    roles.push({ name, exists: isThere, isOurs });
  }
  return roles;
};

const found = async (connection: Connection, sql: string, role: string): Promise<boolean> =>
  (await connection.prepare(sql).all([role])).length > 0;
