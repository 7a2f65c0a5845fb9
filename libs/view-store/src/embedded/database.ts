import type { Awaitable, Connection as Port, Database, Prepared } from '../database/connection.js';
import type { Connection } from './connection.js';
import * as dialect from './dialect.js';

/**
 * One connection of SQLite as a database like others. Its calls must come one after the other: what
 * is asked while a transaction waits would become a part of it.
 */
export class EmbeddedDatabase implements Database {
  readonly dialect = dialect;

  constructor(readonly connection: Connection) {}

  prepare(sql: string): Prepared {
    return this.connection.prepare(sql);
  }

  async transaction<T>(work: (connection: Port) => Awaitable<T>): Promise<T> {
    this.connection.execute(dialect.beginWriting);
    try {
      const result = await work(this);
      this.connection.execute('COMMIT');
      return result;
    } catch (error) {
      this.connection.rollBack();
      throw error;
    }
  }
}
