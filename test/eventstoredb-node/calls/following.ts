import { DELETED_STREAM, NO_STREAM, type RecordedEvent } from '../log/event.js';
import { PAGE_EVENTS, type NodeLog } from '../log/log.js';
import { streamDeleted } from '../wire/errors.js';
import type { Filter } from './filter.js';

export type Told =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  /** Everything up to here has been looked through. */
  | { readonly kind: 'checkpoint'; readonly ordinal: bigint }
  | { readonly kind: 'caught-up' };

/**
 * Everything after an ordinal, then live, without a gap and without end: from the tail while it
 * reaches back so far, else from the disk. Nothing is queued: who is slow is read to when it asks.
 */
export async function* followAll(
  log: NodeLog,
  {
    after,
    filter,
    signal,
  }: {
    readonly after: bigint;
    readonly filter: Filter;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<Told> {
  const { allows, checkpointAfter } = filter;
  let seen = after;
  let checkpointed = after;
  let looked = 0;
  let isLive = false;
  while (!signal.aborted) {
    const held = log.tail.after(seen, PAGE_EVENTS);
    if (held === null) isLive = false;
    for (const event of held ?? (await log.readAllPage('forwards', seen))) {
      if (signal.aborted) return;
      if (allows(event)) yield { kind: 'event', event };
      seen = event.ordinal;
      looked += 1;
      if (checkpointAfter === null || looked < checkpointAfter) continue;
      looked = 0;
      checkpointed = seen;
      yield { kind: 'checkpoint', ordinal: seen };
    }
    if (seen < log.tail.head || signal.aborted) continue;
    if (!isLive) {
      if (checkpointAfter !== null && seen > checkpointed) {
        looked = 0;
        checkpointed = seen;
        yield { kind: 'checkpoint', ordinal: seen };
      }
      yield { kind: 'caught-up' };
      isLive = true;
    }
    await log.tail.beyond(seen, signal);
  }
}

/** What comes after an ordinal, live; ends when the tail reaches back so far no more. */
async function* live(
  log: NodeLog,
  after: bigint,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent> {
  let held = log.tail.after(after, PAGE_EVENTS);
  let seen = after;
  while (held !== null && !signal.aborted) {
    for (const event of held) yield event;
    seen = held.at(-1)?.ordinal ?? seen;
    await log.tail.beyond(seen, signal);
    held = log.tail.after(seen, PAGE_EVENTS);
  }
}

/** What a stream shows after a revision; nothing where there is none. Throws when it is deleted. */
async function* stored(log: NodeLog, stream: string, after: bigint): AsyncGenerator<RecordedEvent> {
  const shown = await log.shown(stream);
  if (shown.kind === 'deleted') throw streamDeleted(stream);
  if (shown.kind === 'shown') yield* log.readStream(stream, shown, 'forwards', after + 1n);
}

/**
 * The events of a stream after a revision, then live. Throws CallFailed when it is deleted, after
 * it has told the tombstone to those who were live.
 */
export async function* followStream(
  log: NodeLog,
  {
    stream,
    after,
    signal,
  }: { readonly stream: string; readonly after: bigint; readonly signal: AbortSignal },
): AsyncGenerator<Told> {
  let seen = after;
  // Each turn catches up from the disk, then lives on the tail until it no longer reaches back.
  while (!signal.aborted) {
    const { head } = log.tail;
    for await (const event of stored(log, stream, seen)) {
      yield { kind: 'event', event };
      seen = event.revision;
    }
    yield { kind: 'caught-up' };
    for await (const event of live(log, head, signal)) {
      if (event.stream !== stream || event.revision <= seen) continue;
      yield { kind: 'event', event };
      seen = event.revision;
      if (seen === DELETED_STREAM) throw streamDeleted(stream);
    }
  }
}

/** The revision that a new subscriber of a stream starts behind when it asks for the end. */
export const endOf = async (log: NodeLog, stream: string): Promise<bigint> => {
  const shown = await log.shown(stream);
  return shown.kind === 'shown' ? shown.newest : NO_STREAM;
};
