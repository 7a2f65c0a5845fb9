import { closedAfter } from '#postgres';
import type { BuildOptions } from '../builder.js';
import { OtherFingerprint } from '../database/errors.js';
import type { ReadModel, ViewStore } from '../port.js';
import { fingerprint, tablesOf } from '../read-model.js';
import { selectCheckpoint } from '../sql.js';
import type { PostgresDatabase } from './database.js';
import { createSchema, finishSchema, schemaExists, schemasOf } from './schemas.js';
import { administering, rebuildIn, whileOnlyOneBuilds } from './rebuild.js';
import { PostgresViewStore, reportingOn } from './view-store.js';

export type PostgresViews = {
  readonly views: ViewStore;
  readonly close: () => Promise<void>;
};

export type OpenPostgresViews = {
  /** Of the installation's database: `postgres://login:password@host:port/database`. */
  readonly url: string;
  readonly readModel: ReadModel;
  /** With it, views that are not there yet are built before anything is served. */
  readonly rebuildFrom?: Omit<BuildOptions, 'readModel'> & {
    /** Another process builds them, which is waited for. */
    readonly onWaiting?: () => void;
  };
};

/**
 * Opens the views of a read model in a schema of its own, beside those of other versions. Without
 * `rebuildFrom` views that are not there begin empty. Throws ViewStoreUnavailable when the server
 * cannot be reached, and RolesMissing when the login may not do what is needed.
 */
export const openPostgresViews = async (options: OpenPostgresViews): Promise<PostgresViews> => {
  const { url, readModel } = options;
  const tables = tablesOf(readModel);
  const { live } = schemasOf(fingerprint(readModel));
  await administering(url, async (admin) => {
    if (await schemaExists(admin, live)) return;
    const onWaiting = options.rebuildFrom?.onWaiting;
    await whileOnlyOneBuilds(
      admin,
      { readModel, ...(onWaiting ? { onWaiting } : {}) },
      async () => {
        // Whoever built meanwhile has built these very views.
        if (await schemaExists(admin, live)) return;
        if (options.rebuildFrom) await rebuildIn(admin, { url, readModel, ...options.rebuildFrom });
        else await begin(admin, live, options.readModel);
      },
    );
  });
  await checkFingerprint(url, live, fingerprint(readModel));
  const views = await PostgresViewStore.open({ url, schema: live, tables });
  return { views, close: () => views.close() };
};

const begin = async (
  admin: PostgresDatabase,
  schema: string,
  readModel: ReadModel,
): Promise<void> => {
  const tables = [...tablesOf(readModel).values()];
  await admin.transaction(async (connection) => {
    await createSchema(connection, schema, tables, fingerprint(readModel));
    await finishSchema(connection, schema, tables);
  });
};

/** The schema's name says it in short. */
const checkFingerprint = (url: string, schema: string, expected: string): Promise<void> =>
  closedAfter(reportingOn({ url, schema }), async (database) => {
    const [row] = await database.prepare(selectCheckpoint).all([]);
    if (row?.[1] !== expected)
      throw new OtherFingerprint(`${schema} holds the views of another read model`);
  });
