import { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  contactId,
  epochMs,
  instant,
  numberId,
  organisationId,
  threadId,
  type Position,
} from '#kernel';
import { conversationDecider } from '#conversations/spec';
import { windowExpiry } from '#conversations';
import { createLog, readConfig } from '#edge';
import { Decisions, decisionLimits } from '#engine';
import { readModel, versionOf } from '#platform';
import { openEmbeddedViews } from '#view-store';
import { closersOf, startCasement, type Casement } from '../../apps/casement/src/casement.js';
import { Simulator } from '../../test/harness/simulator.js';
import { nextMessage } from '../commands/customer.js';
import { concurrently } from '../support/concurrently.js';
import { serveParent } from '../support/forked.js';
import type { Armed, Ask, Expired, Lateness } from './ask.js';

/** Everything that `npm start` starts, in this process, so that what is late can be looked at. */
const [, , dataDirectory = '', armed = '0'] = process.argv;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** How long before the first of them the clock is moved to, so that all is quiet by then. */
const quietMs = 3_000;
const dueWithinMs = 1_000;
const changesPerSave = 10_000;
const organisation = organisationId('acmemotors');

const nowhere = new Writable({ write: (_, __, done) => done() });
const config = readConfig({ CASEMENT_DATA_DIR: dataDirectory, PORT: '0' });
const start = (): Promise<Casement> => startCasement(config, createLog('fatal', nowhere));
const stop = async (casement: Casement): Promise<void> => {
  for (const { close } of closersOf(casement)) await close();
};

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const memoryMb = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_000_000;
};

/** So many windows that are open and close days later: rows as the follower itself keeps them. */
const arm = async (count: number): Promise<void> => {
  const { followers, close } = await openEmbeddedViews({ directory: dataDirectory, readModel });
  const { name } = windowExpiry;
  const lease = await followers.acquireLease(name, 'bench', hourMs);
  const position = await followers.checkpoint(name);
  if (lease === null || position === null) throw new Error('the follower has not led yet');
  const dueAtMs = Date.now() + 10 * dayMs;
  for (let from = 0; from < count; from += changesPerSave) {
    const size = Math.min(changesPerSave, count - from);
    const changes = Array.from({ length: size }, (_, n) => deadline(from + n, dueAtMs, position));
    await followers.saveDeadlines(name, changes, position, lease.epoch);
  }
  await followers.releaseLease(name, 'bench');
  await close();
};

const deadline = (number: number, dueAtMs: number, position: Position) => {
  const thread = `${number}`.padStart(20, '0');
  const id = `${organisation}-${thread}`;
  const at = dueAtMs + (number % 1_000) * 60_000;
  const command = {
    command: { to: 'conversation', id, command: { type: 'ExpireWindow', closesAt: instant(at) } },
    organisationId: organisation,
    correlationId: 'bench',
    position,
    stream: `conversation-${id}`,
    type: 'CustomerMessageReceived',
  };
  const due = { dueAtMs: at, causeId: `event-${number}`, command: JSON.stringify(command) };
  return { key: `conversation-${id}`, due };
};

/** Starts the second time with the windows; the first tells what everything else needs. */
const armedStart = async (): Promise<{ casement: Casement; memory: number }> => {
  const first = await start();
  await new Simulator(() => first.url).writes('447700900001', 'Hello');
  await first.worker.runtime.caughtUp();
  await stop(first);
  const without = await start();
  await without.worker.runtime.settled();
  const before = memoryMb();
  await stop(without);
  await arm(Number(armed));
  const casement = await start();
  await casement.worker.runtime.settled();
  return { casement, memory: memoryMb() - before };
};

const { casement, memory } = await armedStart();
const { platform } = casement;

/** `count` customers have written a day before: their windows close within one second, from `fromMs` on. */
const openWindows = async (round: number, count: number, fromMs: number): Promise<void> => {
  // Decisions of their own: the streams are not in the memory of those that expire them.
  const { log, clock, chance, timer } = platform;
  const decisions = new Decisions({ log, clock, chance, timer, versionOf, limits: decisionLimits });
  await concurrently(count, 64, async (number) => {
    const thread = `expiry${round}x${number}`.padStart(20, '0');
    const closesMs = fromMs + Math.floor((number * dueWithinMs) / count);
    const { command, context } = nextMessage(thread);
    const at = instant(clock.now());
    const own = {
      ...command,
      at,
      threadId: threadId(thread),
      numberId: numberId('acmenumber'),
      contactId: contactId(`contact${thread}`),
      claimedAt: instant(closesMs - dayMs),
      receivedAt: at,
    };
    const ownContext = { ...context, at, organisationId: organisation };
    await decisions.run(conversationDecider, `${organisation}-${thread}`, own, ownContext);
  });
};

/** Listens to the log until so many windows have expired: how late each was. */
const expiries = async (count: number): Promise<readonly Lateness[]> => {
  const late: Lateness[] = [];
  const enough = new AbortController();
  const after = await platform.log.head();
  const options = { after, prefixes: ['conversation-'], signal: enough.signal };
  for await (const told of platform.log.subscribe(options)) {
    if (told.kind !== 'event' || told.event.type !== 'WindowExpired') continue;
    const closesMs = epochMs(told.event.metadata.occurredAt);
    const decidedMs = epochMs(told.event.metadata.recordedAt) - closesMs;
    late.push({ decidedMs, durableMs: platform.clock.now() - closesMs });
    if (late.length === count) break;
  }
  enough.abort();
  return late;
};

const expire = async (round: number, count: number): Promise<Expired> => {
  const fromMs = platform.clock.now() + hourMs;
  await openWindows(round, count, fromMs);
  await casement.worker.runtime.caughtUp();
  const late = expiries(count);
  await new Simulator(() => casement.url).moves({ to: instant(fromMs - quietMs) });
  return { kind: 'expired', late: await late };
};

serveParent<Ask>(async (ask): Promise<Armed | Expired> =>
  ask.kind === 'armed' ? { kind: 'armed', memoryMb: memory } : expire(ask.round, ask.count),
);
