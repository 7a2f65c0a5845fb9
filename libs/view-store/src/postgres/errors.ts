import { isPassing, RolesMissing, sqlStateOf } from '#postgres';
import { ViewStoreUnavailable } from '../port.js';

/** A statement that PostgreSQL refused. Without its message, which may quote a value. */
export class StatementRefused extends Error {
  override readonly name = 'StatementRefused';

  constructor(
    statement: string,
    /** SQLSTATE */
    readonly code: string,
  ) {
    super(`PostgreSQL refused ${statement} (${code})`);
  }
}

/** What is told of an error of the driver or the server. */
export const told = (error: unknown, statement: string): Error => {
  if (error instanceof ViewStoreUnavailable || error instanceof RolesMissing) return error;
  const code = sqlStateOf(error);
  if (code === null || isPassing(code))
    return new ViewStoreUnavailable(`PostgreSQL is out of reach for ${statement}`, {
      cause: code === null ? error : new Error(`SQLSTATE ${code}`),
    });
  return new StatementRefused(statement, code);
};
