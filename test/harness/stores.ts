import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startNodeApart } from '../eventstoredb-node/apart.js';
import { startNode, type EventStoreDbNode } from '../eventstoredb-node/node.js';
import { createDatabaseOn, dropDatabaseOn } from '../postgres/index.js';
import type { Environment } from './process.js';

/** Set by `npm run test:external`: the server on which each engine gets a database of its own. */
const postgresVariable = 'CASEMENT_TEST_POSTGRES';

/** The stores of one engine under test, which outlive its processes. */
export type TestStores = {
  /** What a process needs to know of them. */
  readonly environment: Environment;
  /** The database as its superuser, to look behind what a role may see; null where there are files. */
  readonly database: string | null;
  readonly close: () => Promise<void>;
};

/** Files in the data directory, and nothing else. */
export const embedded: TestStores = {
  environment: {},
  database: null,
  close: () => Promise.resolve(),
};

type Node = Pick<EventStoreDbNode, 'connectionString' | 'close'>;

/**
 * Those that this run of the tests is about. Whoever runs the engine within its own process has the
 * node run apart, so that neither waits for a turn of the other.
 */
export const storesOf = async (
  dataDirectory: string,
  { isApart = false }: { readonly isApart?: boolean } = {},
): Promise<TestStores> => {
  const postgres = process.env[postgresVariable];
  if (postgres === undefined) return embedded;
  const directory = join(dataDirectory, nodeFolder);
  await mkdir(directory, { recursive: true });
  return external(postgres, isApart ? startNodeApart(directory) : startNode({ directory }));
};

/** Where the log is, seen from the data directory: that of the node has the same files. */
export const logFolder = ({ database }: TestStores, dataDirectory: string): string =>
  database === null ? dataDirectory : join(dataDirectory, nodeFolder);

const nodeFolder = 'node';

/** An EventStoreDB of its own, whose files are in the data directory, and a database of its own. */
const external = async (postgres: string, starting: Promise<Node>): Promise<TestStores> => {
  const [node, database] = await Promise.all([starting, createDatabaseOn(postgres)]);
  return {
    environment: {
      CASEMENT_EVENT_STORE: node.connectionString,
      CASEMENT_VIEW_STORE: database,
      CASEMENT_SIMULATOR: 'on',
    },
    database: asSuperuser(database, postgres),
    close: async () => {
      await Promise.all([node.close(), dropDatabaseOn(postgres, database)]);
    },
  };
};

const asSuperuser = (database: string, superuser: string): string => {
  const url = new URL(superuser);
  url.pathname = new URL(database).pathname;
  return url.href;
};

/** Where each engine of this run gets its database. */
export const environmentWith = (postgres: string): Environment => ({
  [postgresVariable]: postgres,
});
