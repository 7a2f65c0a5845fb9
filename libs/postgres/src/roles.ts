import type pg from 'pg';
import { sqlStateOf } from './passing.js';

/** Owns the schemas and tables of an installation. */
export const owner = 'casement_owner';
/** Writes the rows of all organisations. */
export const projector = 'casement_projector';
/** Reads the rows of the organisation that it names. */
export const application = 'casement_app';
export const allRoles = [owner, projector, application];

/** The login of the URL may neither make the roles nor act as them; says which and what to do. */
export class RolesMissing extends Error {
  override readonly name = 'RolesMissing';
}

const exists = 'SELECT 1 FROM pg_roles WHERE rolname = $1';
/** Before PostgreSQL 16 every member may act as the role. */
const isApart = `current_setting('server_version_num')::int >= 160000`;
/**
 * Both to act as a role and to have what it has: connections do the one, whoever makes and replaces
 * schemas the other. Where they are granted apart, whoever has made a role may give both to itself.
 */
const isOurs =
  `SELECT 1 WHERE pg_has_role($1::text, 'USAGE')` +
  ` AND pg_has_role($1::text, CASE WHEN ${isApart} THEN 'SET' ELSE 'MEMBER' END)`;
/** Both are named, since a grant that is there already, of one alone, is left as it is otherwise. */
const grant = (role: string): string =>
  `DO $$ BEGIN EXECUTE 'GRANT ${role} TO CURRENT_USER' ||` +
  ` CASE WHEN ${isApart} THEN ' WITH INHERIT TRUE, SET TRUE' ELSE '' END; END $$`;

/** Roles are the whole server's: whoever makes them at the same moment, of any database, may win. */
const triesMax = 10;
/** Exists already, twice the same grant at once. */
const raced = new Set(['42710', '23505', 'XX000']);
const forbidden = '42501';

/**
 * Makes the roles that are missing, without a password and unable to log in, and lets the login act
 * as them. A login that may do neither is content when an administrator has. Throws RolesMissing, or
 * what the driver throws.
 */
export const ensureRoles = async (
  client: pg.ClientBase,
  roles: readonly string[],
): Promise<void> => {
  for (const role of roles) await ensureRole(client, role);
};

const ensureRole = async (client: pg.ClientBase, role: string): Promise<void> => {
  for (let tried = 1; ; tried += 1)
    try {
      if (!(await found(client, exists, role))) await client.query(`CREATE ROLE ${role} NOLOGIN`);
      if (!(await found(client, isOurs, role))) await client.query(grant(role));
      return;
    } catch (error) {
      const code = sqlStateOf(error) ?? '';
      if (code === forbidden)
        throw new RolesMissing(
          `the login of the database may not make the role ${role} or act as it:` +
            ` let an administrator create it and grant it to the login`,
        );
      if (!raced.has(code) || tried >= triesMax) throw error;
    }
};

export type RoleHad = {
  readonly name: string;
  readonly exists: boolean;
  /** Whether the login may act as it, and has what it has. */
  readonly isOurs: boolean;
};

/** The roles that an installation needs, as they are. */
export const rolesHad = async (client: pg.ClientBase): Promise<readonly RoleHad[]> => {
  const had: RoleHad[] = [];
  for (const name of allRoles) {
    const isThere = await found(client, exists, name);
    had.push({ name, exists: isThere, isOurs: isThere && (await found(client, isOurs, name)) });
  }
  return had;
};

const found = async (client: pg.ClientBase, sql: string, role: string): Promise<boolean> =>
  (await client.query(sql, [role])).rows.length > 0;
