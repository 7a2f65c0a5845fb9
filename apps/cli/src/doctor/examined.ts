import { isOwned } from '#event-store';
import { openFollowersBeside } from '#view-store';
import { isElsewhere } from '../place/elsewhere.js';
import { progressTo } from '../progress.js';
import type { Request, Terminal } from '../verb.js';
import { checkConfiguration } from './configuration.js';
import { checkDirectory, checkRoom } from './directory.js';
import { ok, skipped, type Finding } from './finding.js';
import { checkLog, openLog } from './log.js';
import { checkNode } from './node.js';
import { checkParked } from './parked.js';
import { checkViews } from './views.js';

/** All checks, in an order in which each one says why those after it may be skipped. */
export async function* examined(
  request: Request,
  terminal: Terminal,
): AsyncGenerator<Finding, undefined> {
  yield checkNode(process.versions.node);
  const { config, findings } = checkConfiguration(request.environment);
  yield* findings;
  if (isElsewhere(request)) {
    const { examinedServers } = await import('./servers.js');
    yield* examinedServers({ request, config, terminal });
  } else {
    const keyEncryptionKey = config?.keyEncryptionKey ?? null;
    yield* examinedDirectory(request, keyEncryptionKey, terminal);
  }
}

async function* examinedDirectory(
  { dataDirectory }: Request,
  keyEncryptionKey: Buffer | null,
  terminal: Terminal,
): AsyncGenerator<Finding, undefined> {
  const directory = await checkDirectory(dataDirectory);
  yield* directory.findings;
  if (!directory.isThere) {
    for (const check of ['room', 'owner', 'keys', 'log', 'views', 'parked'])
      yield skipped(check, 'there is no data directory');
    return;
  }
  yield await checkRoom(dataDirectory);
  const isRunning = isOwned(dataDirectory);
  yield ok('owner', isRunning ? 'a process is running on it' : 'no process is running on it');
  yield* stores({ dataDirectory, keyEncryptionKey, isRunning }, terminal);
  yield await checkParked(() => openFollowersBeside(dataDirectory));
}

async function* stores(
  place: {
    readonly dataDirectory: string;
    readonly keyEncryptionKey: Buffer | null;
    readonly isRunning: boolean;
  },
  terminal: Terminal,
): AsyncGenerator<Finding, undefined> {
  const { dataDirectory, keyEncryptionKey, isRunning } = place;
  const opened = await openLog(dataDirectory, keyEncryptionKey);
  yield* opened.findings;
  const { log } = opened;
  try {
    if (log !== null) yield await checkLog(log.store, progressTo(terminal));
    yield await checkViews({ dataDirectory, isRunning, store: log?.store ?? null });
  } finally {
    await log?.close();
  }
}
