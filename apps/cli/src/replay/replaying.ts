import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredEvent } from '#event-store';
import type { FollowersAsked, ReplayTally } from '#view-store';
import type { WebhookSource } from '#webhooks';
import { asking } from '../operator.js';
import type { LogBeside, Place } from '../place/place.js';
import { counted, plural } from '../progress.js';
import { recordedAt } from '../recorded-at.js';
import { exits, type Terminal } from '../verb.js';
import { bodiesCounted, isWanted, streamsOf, type BodiesWanted } from './bodies.js';

/** Bodies that are asked for at once; what has come of them is counted before the next. */
const bodiesAtOnce = 500;
const lookEveryMs = 200;

/** Who reads what: the names by which the inbox policies keep their checkpoints. */
const followerOf: { readonly [source in WebhookSource]: string } = {
  whatsapp: 'whatsapp-inbox',
  sms: 'sms-inbox',
  smsstatus: 'sms-inbox',
  smslist: 'sms-inbox',
};

export type Replaying = {
  readonly place: Pick<Place, 'isRunning'>;
  readonly log: LogBeside;
  readonly followers: FollowersAsked;
  readonly wanted: BodiesWanted;
  readonly terminal: Terminal;
};

type Body = { readonly event: StoredEvent; readonly follower: string };
type Replay = Replaying & { readonly id: string };
/** Why a replay ended before its end. */
type Ended = 'interrupted' | 'engine gone';

/** Asks the running engine for the bodies, in parts, and tells what came of them. */
export const replayBodies = async (replaying: Replaying): Promise<number> => {
  const { followers, terminal } = replaying;
  const replay = { ...replaying, id: randomUUID() };
  const sources = await sourcesRead(replaying);
  if (sources.length === 0) return exits.problem;
  const sum = { read: 0, items: 0, parked: 0, facts: 0 };
  try {
    let part: Body[] = [];
    let ended: Ended | null = null;
    const work = async (): Promise<void> => {
      ended = await workPart(replay, part, sum);
      part = [];
    };
    for await (const body of bodies(replaying, sources)) {
      part.push(body);
      if (part.length >= bodiesAtOnce) await work();
      if (ended !== null) break;
    }
    if (ended === null && part.length > 0) await work();
    return summary(ended, sum, terminal);
  } finally {
    await followers.endReplay(replay.id);
  }
};

/** Without those that nobody reads, as when there is no SMS provider. */
const sourcesRead = async ({
  followers,
  wanted,
  terminal,
}: Replaying): Promise<readonly WebhookSource[]> => {
  const read: WebhookSource[] = [];
  for (const source of wanted.sources)
    if (await followers.isLed(followerOf[source])) read.push(source);
    else terminal.tell(`${source} is left out: its follower ${followerOf[source]} is not at work`);
  return read;
};

/** Those that are there now; what is delivered meanwhile is read anyway. */
async function* bodies(
  { log, wanted, terminal }: Replaying,
  sources: readonly WebhookSource[],
): AsyncGenerator<Body, undefined> {
  const head = await log.store.head();
  if (head === null) return;
  const streams = sources.flatMap((source) =>
    streamsOf(source, wanted).map((stream) => ({ stream, follower: followerOf[source] })),
  );
  const isThere = (event: StoredEvent): boolean =>
    event.type === 'WebhookReceived' &&
    event.position <= head &&
    isWanted(recordedAt(event), wanted);
  for (const { stream, follower } of streams)
    for await (const event of log.store.readStream(stream, { direction: 'forwards' })) {
      if (terminal.interrupted.aborted) return;
      if (isThere(event)) yield { event, follower };
    }
}

type Sum = { read: number; items: number; parked: number; facts: number };

const workPart = async (replay: Replay, part: readonly Body[], sum: Sum): Promise<Ended | null> => {
  const { log, followers, terminal, id } = replay;
  const before = await log.store.head();
  const events = part.map(({ event, follower }) => {
    const { stream, position } = event;
    return { follower, eventId: event.id, stream, position };
  });
  await followers.askReplay(id, events, asking());
  const { tally, ended } = await untilDone(replay, sum.read + part.length);
  sum.read = tally.done;
  sum.items = tally.items;
  sum.parked = tally.parked;
  const causes = new Set<unknown>(part.map(({ event }) => event.id));
  const since = before === null ? {} : { after: before };
  for await (const { metadata } of log.store.readAll({ direction: 'forwards', ...since }))
    if (causes.has(metadata['causationId'])) sum.facts += 1;
  terminal.tell(`${bodiesCounted(sum.read)} read`);
  return ended;
};

/** Looks until the part is done, somebody interrupts, or the engine is gone. */
const untilDone = async (
  { followers, place, terminal, id }: Replay,
  bodiesDone: number,
): Promise<{ readonly tally: ReplayTally; readonly ended: Ended | null }> => {
  const { interrupted } = terminal;
  for (;;) {
    const isRunning = await place.isRunning();
    const tally = await followers.replayed(id);
    if (tally.done >= bodiesDone) return { tally, ended: null };
    if (interrupted.aborted) return { tally, ended: 'interrupted' };
    if (!isRunning) return { tally, ended: 'engine gone' };
    await sleep(lookEveryMs, null, { signal: interrupted }).catch(() => {});
  }
};

const summary = (ended: Ended | null, sum: Sum, { out, tell, interrupted }: Terminal): number => {
  const { read, items, facts, parked } = sum;
  out(
    `${bodiesCounted(read)} read again: ${plural(items, 'item')}, ${plural(facts, 'new fact')}, ` +
      `${counted(parked)} parked again`,
  );
  if (ended === 'engine gone')
    tell('the engine has stopped: start it and run this again; what was read is not read twice');
  else if (interrupted.aborted) tell('interrupted: the rest was taken back; run this again for it');
  else return exits.done;
  return ended === 'engine gone' ? exits.problem : exits.interrupted;
};
