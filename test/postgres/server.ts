import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { binariesFor, userToRunAs } from './binaries.js';
import { asked, login } from './databases.js';
import { Keeper, passwordFile, type Launch } from './keeper.js';

/** Tries to find a port that nobody takes between our look and the server's. */
const portsTriedMax = 5;
const run = promisify(execFile);

export type PostgresOptions = {
  /** What is committed survives a crash of the machine; slower. */
  readonly durable?: boolean;
  /** Settings of postgresql.conf beyond ours. */
  readonly settings?: { readonly [name: string]: string };
};

export type PostgresServer = {
  readonly port: number;
  /** For whoever makes databases from another process. */
  readonly superuserUrl: string;
  /** An empty database of its own, and the login that owns it: no superuser, may create roles. */
  readonly createDatabase: (name?: string) => Promise<string>;
  /** The same database as its superuser, to look behind row-level security. */
  readonly asSuperuser: (url: string) => string;
  /** Down until `resume`: in order, or at once as in a crash. */
  readonly halt: (how?: 'in order' | 'at once') => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly restart: (how?: 'in order' | 'at once') => Promise<void>;
  /** From here on nothing of what was committed before is lost, whatever happens. */
  readonly checkpoint: () => Promise<void>;
  /** Breaks every connection that the login has; returns how many. */
  readonly terminateConnections: () => Promise<number>;
  /** The newest of what the server has logged since it was started. */
  readonly log: () => string;
  /** Ends it and takes its directory away. */
  readonly stop: () => Promise<void>;
};

/** Fast and forgetful: nothing is waited for that only a power cut would need. */
const forgetful = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const common = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  max_wal_size: '2GB',
  // Whoever reads the log of a spec wants to see what the server thought of a statement.
  log_min_messages: 'warning',
  scram_iterations: '1',
};

/**
 * A PostgreSQL server in a temporary directory, gone with `stop` or with this process, however that
 * ends.
 */
export const startPostgres = async (options: PostgresOptions = {}): Promise<PostgresServer> => {
  const { durable = false, settings = {} } = options;
  const directory = await mkdtemp(join(tmpdir(), 'casement-postgres-'));
  const password = randomBytes(16).toString('hex');
  try {
    const user = await userToRunAs();
    const binaries = await binariesFor(directory, user);
    await writeFile(passwordFile(directory), password);
    await chmod(passwordFile(directory), 0o600);
    if (user !== null) await run('chown', ['-R', `${user.uid}:${user.gid}`, directory]);
    const all = { ...common, ...(durable ? {} : forgetful), ...settings };
    const launch = { directory, binaries, user, settings: all };
    const { keeper, port } = await launched(launch);
    const server = served({ ...launch, port }, keeper, password);
    await createLogin(server.asSuperuser(urlOf(port, password, 'postgres')), password);
    return server;
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
};

const launched = async (
  launch: Omit<Launch, 'port'>,
): Promise<{ readonly keeper: Keeper; readonly port: number }> => {
  for (let tried = 1; ; tried += 1) {
    const port = await freePort();
    try {
      return { keeper: await Keeper.launch({ ...launch, port }), port };
    } catch (error) {
      const isTaken = error instanceof Error && error.message.includes('could not bind');
      if (!isTaken || tried >= portsTriedMax) throw error;
    }
  }
};

const served = (launch: Launch, first: Keeper, password: string): PostgresServer => {
  let keeper = first;
  let databases = 0;
  const superuser = (url: string): string => {
    const address = new URL(url);
    address.username = 'postgres';
    return address.href;
  };
  const postgres = superuser(urlOf(launch.port, password, 'postgres'));
  const halt: PostgresServer['halt'] = (how = 'in order') =>
    keeper.end(how === 'in order' ? 'INT' : 'QUIT', 'keep');
  const resume = async (): Promise<void> => {
    keeper = await Keeper.launch(launch);
  };
  return {
    port: launch.port,
    superuserUrl: postgres,
    createDatabase: async (name = `casement_${(databases += 1)}`) => {
      await asked(postgres, `CREATE DATABASE ${name} OWNER ${login} TEMPLATE template0`);
      return urlOf(launch.port, password, name);
    },
    asSuperuser: superuser,
    halt,
    resume,
    restart: async (how) => {
      await halt(how);
      await resume();
    },
    checkpoint: async () => void (await asked(postgres, 'CHECKPOINT')),
    terminateConnections: async () =>
      (await asked(postgres, `${terminate} WHERE usename = '${login}'`)).length,
    log: () => keeper.log,
    stop: () => keeper.end('QUIT', 'remove'),
  };
};

const terminate = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity';

const urlOf = (port: number, password: string, database: string): string =>
  `postgres://${login}:${password}@127.0.0.1:${port}/${database}`;

const createLogin = async (url: string, password: string): Promise<void> => {
  await asked(url, `CREATE ROLE ${login} LOGIN CREATEROLE PASSWORD '${password}'`);
};

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a port is a number');
  return address.port;
};
