import { stat } from 'node:fs/promises';
import type { Config, ExternalStores } from '#edge';
import {
  KeysOfAnotherLog,
  WrongKeyEncryptionKey,
  mustBeOf,
  openEventStoreDbBeside,
  openPostgresKeysBeside,
  type OpenedEventStoreDb,
} from '#event-store';
import { readModel } from '#platform';
import { examinePostgres, readPostgresViews, type PostgresServerSeen } from '#view-store';
import { serversPlace } from '../place/servers.js';
import type { Request, Terminal } from '../verb.js';
import { checkDirectory, checkRoom } from './directory.js';
import { ok, problem, skipped, type Finding } from './finding.js';
import { checkParked } from './parked.js';
import { examineViews } from './views.js';

type Examining = {
  readonly request: Request;
  /** Null while it is not right. */
  readonly config: Config | null;
  readonly terminal: Terminal;
};

/** A server that does not answer so long is away, to somebody who waits for the line. */
const answerMsMax = 10_000;
const noneAtWork = 'none is at work: views and messages go on once a worker is started';
const ofOneMend =
  'see that CASEMENT_EVENT_STORE and CASEMENT_VIEW_STORE name the servers of one installation';
const onPostgres = ['roles', 'keys', 'engine', 'views', 'parked'];
const awayMend = (variable: string): string =>
  `start the server, or see that ${variable} names it and may be reached from here`;

/** The checks of an engine whose stores are servers, which many processes may share. */
export async function* examinedServers({
  request,
  config,
  terminal,
}: Examining): AsyncGenerator<Finding, undefined> {
  yield* filesOfMessages(request.dataDirectory);
  const stores = config?.stores ?? null;
  if (config === null || stores === null) {
    for (const check of ['log', 'postgresql', ...onPostgres])
      yield skipped(check, 'the configuration must be right first');
    return;
  }
  const { log, findings } = await openLog(stores, terminal.interrupted);
  try {
    yield* findings;
    yield* examinedPostgres({ url: stores.viewStore, config, log, request });
  } finally {
    await log?.close();
  }
}

/** Of the directory nothing else is used, and whoever asks may be on another machine. */
async function* filesOfMessages(directory: string): AsyncGenerator<Finding, undefined> {
  if ((await stat(directory).catch(() => null)) === null) {
    const where = 'files of messages are where gateways and workers run';
    yield skipped('data directory', `${directory} is not on this machine: ${where}`);
    return;
  }
  const { isThere, findings } = await checkDirectory(directory);
  yield* findings;
  if (isThere) yield await checkRoom(directory);
}

type Log = { readonly log: OpenedEventStoreDb | null; readonly findings: readonly Finding[] };

const openLog = async (
  { eventStore: connectionString }: ExternalStores,
  interrupted: AbortSignal,
): Promise<Log> => {
  const signal = AbortSignal.timeout(answerMsMax);
  try {
    const log = await openEventStoreDbBeside({ connectionString, signal });
    if (log === null)
      return { log, findings: [ok('log', 'the server answers; the first start begins the log')] };
    const head = (await log.store.head()) ?? 'before the first event';
    return { log, findings: [ok('log', `it ends at ${head}, its epoch is ${log.epoch}`)] };
  } catch (error) {
    interrupted.throwIfAborted();
    const detail = `it is out of reach: ${wordsOf(error)}`;
    return { log: null, findings: [problem('log', detail, awayMend('CASEMENT_EVENT_STORE'))] };
  }
};

type OnPostgres = {
  readonly url: string;
  readonly config: Config;
  readonly log: OpenedEventStoreDb | null;
  readonly request: Request;
};

async function* examinedPostgres(examining: OnPostgres): AsyncGenerator<Finding, undefined> {
  const { url, config, log, request } = examining;
  let server: PostgresServerSeen;
  try {
    server = await examinePostgres({ url });
  } catch (error) {
    yield problem('postgresql', wordsOf(error), awayMend('CASEMENT_VIEW_STORE'));
    for (const check of onPostgres) yield skipped(check, 'PostgreSQL must answer first');
    return;
  }
  yield ok('postgresql', `it answers, version ${server.version}`);
  yield checkRoles(server);
  if (server.roles.some(({ isOurs }) => !isOurs)) {
    // Whoever may not act as them can look at nothing.
    for (const check of onPostgres.slice(1)) yield skipped(check, 'the roles must be there first');
    return;
  }
  yield await guarded('keys', () => checkKeys(url, config.keyEncryptionKey, log));
  const place = serversPlace(request);
  let isRunning = false;
  yield await guarded('engine', async () => {
    isRunning = await place.isRunning();
    return ok('engine', isRunning ? 'one is at work' : noneAtWork);
  });
  const store = log?.store ?? null;
  const rebuildThem = 'run casement rebuild';
  yield await guarded('views', async () => {
    const look = { store, isRunning, rebuildThem };
    const found = await readPostgresViews({ url, readModel }, (views) => examineViews(views, look));
    return found ?? ok('views', 'none of this version yet: its first start builds them');
  });
  yield await guarded('parked', () => checkParked(() => place.openFollowers()));
}

const checkRoles = ({ roles, mayMakeRoles }: PostgresServerSeen): Finding => {
  const missing = roles.filter(({ isOurs }) => !isOurs).map(({ name }) => name);
  if (missing.length === 0) return ok('roles', 'the login may act as all of them');
  const isFresh = roles.every(({ exists }) => !exists) && mayMakeRoles;
  if (isFresh) return ok('roles', 'none yet: the first start makes them');
  const mend = 'let an administrator create them (NOLOGIN) and grant them to the login';
  return problem('roles', `the login may not act as ${missing.join(', ')}`, mend);
};

const checkKeys = async (
  url: string,
  keyEncryptionKey: Uint8Array,
  log: OpenedEventStoreDb | null,
): Promise<Finding> => {
  try {
    const found = await openPostgresKeysBeside({ url, keyEncryptionKey });
    await found?.keys.close();
    const isWritten = log !== null && (await log.store.head()) !== null;
    if (isWritten && found === null) throw new KeysOfAnotherLog(null, log.epoch);
    if (log !== null && found !== null) mustBeOf(log.epoch, found.epoch);
    if (found === null) return ok('keys', 'none yet: the first start makes them');
    return ok('keys', 'they open with the key-encryption key');
  } catch (error) {
    if (error instanceof KeysOfAnotherLog) return problem('keys', error.message, ofOneMend);
    if (!(error instanceof WrongKeyEncryptionKey)) throw error;
    const mend = 'set CASEMENT_KEY_ENCRYPTION_KEY to the key that the database was made with';
    return problem('keys', error.message, mend);
  }
};

/** What goes wrong while one check is made is that one's finding. */
const guarded = async (check: string, look: () => Promise<Finding>): Promise<Finding> => {
  try {
    return await look();
  } catch (error) {
    return problem(check, wordsOf(error), 'see the lines above, and the log of PostgreSQL');
  }
};

/** Our own words, and those of the system about the connection: neither holds what a URL does. */
const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && cause.message !== '' ? `${message} (${cause.message})` : message;
};
