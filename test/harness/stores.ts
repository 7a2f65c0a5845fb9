import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startNode } from '../eventstoredb-node/node.js';
import { createDatabaseOn, dropDatabaseOn } from '../postgres/index.js';
import type { Environment } from './process.js';

/** Set by `npm run test:external`: the server on which each engine gets a database of its own. */
const postgresVariable = 'CASEMENT_TEST_POSTGRES';

/** The stores of one engine under test, which outlive its processes. */
export type TestStores = {
  /** What a process needs to know of them. */
  readonly environment: Environment;
  readonly close: () => Promise<void>;
};

/** Files in the data directory, and nothing else. */
export const embedded: TestStores = { environment: {}, close: () => Promise.resolve() };

/** Those that this run of the tests is about. */
export const storesOf = async (dataDirectory: string): Promise<TestStores> => {
  const postgres = process.env[postgresVariable];
  return postgres === undefined ? embedded : external(dataDirectory, postgres);
};

/** An EventStoreDB of its own, whose files are in the data directory, and a database of its own. */
const external = async (dataDirectory: string, postgres: string): Promise<TestStores> => {
  const directory = join(dataDirectory, 'node');
  await mkdir(directory, { recursive: true });
  const [node, database] = await Promise.all([
    startNode({ directory }),
    createDatabaseOn(postgres),
  ]);
  return {
    environment: {
      CASEMENT_EVENT_STORE: node.connectionString,
      CASEMENT_VIEW_STORE: database,
      CASEMENT_SIMULATOR: 'on',
    },
    close: async () => {
      await Promise.all([node.close(), dropDatabaseOn(postgres, database)]);
    },
  };
};

/** Where each engine of this run gets its database. */
export const environmentWith = (postgres: string): Environment => ({
  [postgresVariable]: postgres,
});
