import { comparePositions, type Position } from '#kernel';
import { allRoles, closedAfter, ensureRoles, projector } from '#postgres';
import { Builder, type BuildOptions, type RebuildProgress, type Review } from '../builder.js';
import type { Connection } from '../database/connection.js';
import { positionFrom } from '../followers/positions.js';
import { ViewsInUse } from '../database/errors.js';
import { fingerprint, tablesOf } from '../read-model.js';
import { quoted, selectCheckpoint } from '../sql.js';
import type { TableShape } from '../table-shape.js';
import { readable } from './beside.js';
import { PostgresDatabase } from './database.js';
import { movedChannel } from './dialect.js';
import {
  createSchema,
  dropSchema,
  finishSchema,
  schemaExists,
  schemasOf,
  type Schemas,
} from './schemas.js';
import { PostgresViewStore, reportingOn } from './view-store.js';

export type PostgresRebuild = BuildOptions & {
  readonly url: string;
  /** Another process builds these views, which is waited for. */
  readonly onWaiting?: () => void;
  readonly review?: Review;
};

/** The login's own connection, for what roles and schemas need: one, and patient. */
export const administering = <T>(
  url: string,
  work: (admin: PostgresDatabase) => Promise<T>,
): Promise<T> => {
  const common = { url, role: null, schema: 'public', statementMsMax: null };
  // One holds the lock, one works.
  return closedAfter(new PostgresDatabase({ ...common, connectionsMax: 2 }), async (admin) => {
    await admin.direct('the roles', (client) => ensureRoles(client, allRoles));
    return work(admin);
  });
};

/**
 * Builds the views of a log anew beside those that are served and projected meanwhile, catches up with
 * them, and takes their place at one instant: no query sees them stand further back. Interrupted at
 * any moment it leaves the old ones as they were. `swapped` is false when the review said no.
 */
export const rebuildPostgresViews = (
  options: PostgresRebuild,
): Promise<RebuildProgress & { readonly swapped: boolean }> =>
  administering(options.url, (admin) =>
    whileOnlyOneBuilds(admin, options, () => rebuildIn(admin, options)),
  );

/** The same, by whoever has seen to it that nobody else builds. */
export const rebuildIn = (
  admin: PostgresDatabase,
  options: PostgresRebuild,
): Promise<RebuildProgress & { readonly swapped: boolean }> => new Rebuilding(admin, options).run();

/** So that of many processes that start at once one builds, and the others use what it has built. */
export const whileOnlyOneBuilds = <T>(
  admin: PostgresDatabase,
  { readModel, onWaiting }: Pick<PostgresRebuild, 'readModel' | 'onWaiting'>,
  work: () => Promise<T>,
): Promise<T> =>
  admin.transaction(async (connection) => {
    const name = `casement ${schemasOf(fingerprint(readModel)).live}`;
    const lock = (how: string) =>
      connection.prepare(`SELECT ${how}(hashtextextended(?, 0))`).all([name]);
    const [row] = await lock('pg_try_advisory_xact_lock');
    if (row?.[0] !== 1) {
      onWaiting?.();
      await lock('pg_advisory_xact_lock');
    }
    return work();
  });

class Rebuilding {
  private readonly fingerprint: string;
  private readonly schemas: Schemas;
  private readonly tables: ReadonlyMap<string, TableShape>;
  /** Whether there are live views to keep pace with. */
  private followsLive = false;

  constructor(
    private readonly admin: PostgresDatabase,
    private readonly options: PostgresRebuild,
  ) {
    this.fingerprint = fingerprint(options.readModel);
    this.schemas = schemasOf(this.fingerprint);
    this.tables = tablesOf(options.readModel);
  }

  async run(): Promise<RebuildProgress & { readonly swapped: boolean }> {
    const { next } = this.schemas;
    const { url } = this.options;
    await this.dropLeftOvers();
    this.followsLive = await this.areLiveWithinLog();
    await this.admin.transaction((connection) =>
      createSchema(connection, next, [...this.tables.values()], this.fingerprint),
    );
    const made = await generation(this.admin, next);
    const views = await PostgresViewStore.building({ url, schema: next, tables: this.tables });
    const builder = new Builder(views, this.options);
    try {
      await this.catchUp(builder);
      await this.admin.transaction((connection) =>
        finishSchema(connection, next, [...this.tables.values()]),
      );
      await this.catchUp(builder);
      const swapped = await this.reviewed(builder);
      if (swapped) {
        await this.catchUp(builder);
        await this.admin.transaction((connection) => this.swap(connection, builder, made));
      }
      return { ...builder.progress, swapped };
    } finally {
      await views.close();
      await this.dropLeftOvers();
    }
  }

  /** What an interrupted build has left, and what was swapped out. */
  private async dropLeftOvers(): Promise<void> {
    const { next, old } = this.schemas;
    for (const schema of [next, old]) await dropSchema(this.admin, schema);
  }

  /** A log that has lost its end ends before what the views have seen: nothing leads there any more. */
  private async areLiveWithinLog(): Promise<boolean> {
    const { live } = this.schemas;
    if (!(await schemaExists(this.admin, live))) return false;
    const [position] = await checkpointOf(this.admin, live);
    if (position === null) return true;
    const head = await this.options.log.head();
    return head !== null && comparePositions(position, head) <= 0;
  }

  /** Up to the live views and never beyond them, or they would seem to go back to the next review. */
  private async catchUp(builder: Builder): Promise<void> {
    if (!this.followsLive) return builder.toHead();
    await builder.pursue(async () => (await checkpointOf(this.admin, this.schemas.live))[0]);
  }

  private async reviewed(builder: Builder): Promise<boolean> {
    const { url, review } = this.options;
    const { live, next } = this.schemas;
    if (review === undefined || !(await schemaExists(this.admin, live))) return true;
    return closedAfter(reportingOn({ url, schema: live }), (lives) =>
      closedAfter(reportingOn({ url, schema: next }), (freshs) =>
        lives.readMoment(async (read) => {
          const [row] = (await read(selectCheckpoint, [])).rows;
          const position = typeof row?.[0] === 'string' ? positionFrom(row[0]) : null;
          if (position !== null && this.followsLive) await builder.to(position);
          return freshs.readMoment((readFresh) =>
            review({ live: readable(read), fresh: readable(readFresh), position }),
          );
        }),
      ),
    );
  }

  /**
   * While the live checkpoint is locked nobody projects. Who waits for it finds it gone, looks where
   * the views stand now, and goes on from the new ones.
   */
  private async swap(connection: Connection, builder: Builder, made: unknown): Promise<void> {
    const { live, next, old } = this.schemas;
    const run = async (sql: string, parameters: readonly string[] = []): Promise<void> =>
      connection.prepare(sql).run(parameters);
    const hasLive = await schemaExists(connection, live);
    await run(`SET LOCAL ROLE ${projector}`);
    if (hasLive) {
      const [position] = await checkpointOf(connection, live, connection.dialect.forUpdate);
      if (position && this.followsLive) await builder.to(position);
      await run(`DELETE FROM ${quoted(live)}."checkpoint"`);
    }
    // Whoever has lost the connection that says that it builds may find another one building.
    if ((await generation(connection, next)) !== made)
      throw new ViewsInUse('another process has begun to build these views');
    await run('RESET ROLE');
    if (hasLive) await run(`ALTER SCHEMA ${quoted(live)} RENAME TO ${quoted(old)}`);
    await run(`ALTER SCHEMA ${quoted(next)} RENAME TO ${quoted(live)}`);
    const { position } = builder.progress;
    if (position !== null)
      await run(`SELECT pg_notify('${movedChannel}', ?)`, [`${live} ${position}`]);
  }
}

const checkpointOf = async (
  connection: Connection,
  schema: string,
  forUpdate = '',
): Promise<readonly [Position | null, unknown]> => {
  const sql =
    `SELECT "position", CAST("tableoid" AS bigint) FROM ${quoted(schema)}."checkpoint"` + forUpdate;
  const [row] = await connection.prepare(sql).all([]);
  return [typeof row?.[0] === 'string' ? positionFrom(row[0]) : null, row?.[1]];
};

const generation = async (connection: Connection, schema: string): Promise<unknown> =>
  (await checkpointOf(connection, schema))[1];
