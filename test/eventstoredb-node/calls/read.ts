import { randomUUID } from 'node:crypto';
import { status, type ServerWritableStream } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { DELETED_STREAM, NO_STREAM } from '../log/event.js';
import type { Direction, NodeLog } from '../log/log.js';
import { CallFailed, invalidArgument, streamDeleted } from '../wire/errors.js';
import { streamNameFrom } from '../wire/identifiers.js';
import {
  caughtUp,
  checkpointAt,
  confirmed,
  eventRead,
  firstStreamPosition,
  lastStreamPosition,
  streamNotFound,
  type UuidForm,
} from '../wire/read-answers.js';
import { streamed, type Send } from './answering.js';
import type { Context } from './context.js';
import { filterFrom } from './filter.js';
import { endOf, followAll, followStream, type Told } from './following.js';

type Options = streams.ReadReq.Options;
type StreamOptions = streams.ReadReq.Options.StreamOptions;
type AllOptions = streams.ReadReq.Options.AllOptions;

type Reading = {
  readonly log: NodeLog;
  readonly options: Options;
  readonly form: UuidForm;
  readonly send: Send<streams.ReadResp>;
  readonly signal: AbortSignal;
};

const refusedRead = (): CallFailed =>
  new CallFailed(status.UNKNOWN, 'Unexpected ReadStreamResult: Error');

/** A revision to read from; null for the end. Throws on what is beyond 63 bits, as the server does. */
const revisionFrom = (options: StreamOptions): bigint | null => {
  if (options.hasEnd()) return null;
  const revision = options.hasStart() ? 0n : BigInt(options.getRevision());
  if (revision === 2n ** 64n - 1n) return null;
  if (revision > DELETED_STREAM) throw new RangeError('the revision does not fit');
  return revision;
};

const directionOf = (options: Options): Direction =>
  options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS
    ? 'backwards'
    : 'forwards';

/** What newer clients ask for: to be told where the stream begins and ends. */
const tellsPositions = (options: Options): boolean =>
  (options.getControlOption()?.getCompatibility() ?? 0) >= 1;

const readStream = async (asked: StreamOptions, reading: Reading): Promise<void> => {
  const { log, options, form, send, signal } = reading;
  const stream = streamNameFrom(asked.getStreamIdentifier());
  const direction = directionOf(options);
  const from = revisionFrom(asked) ?? (direction === 'backwards' ? DELETED_STREAM : null);
  if (stream === '' || from === null || BigInt(options.getCount()) < 1n) throw refusedRead();
  const shown = await log.shown(stream);
  if (shown.kind === 'not-found') return send(streamNotFound(stream));
  if (shown.kind === 'deleted') throw streamDeleted(stream);
  let left = BigInt(options.getCount());
  let isEmpty = true;
  for await (const event of log.readStream(stream, shown, direction, from)) {
    if (signal.aborted) return;
    isEmpty = false;
    await send(eventRead(event, form));
    left -= 1n;
    if (left === 0n) break;
  }
  if (!tellsPositions(options)) return;
  if (isEmpty && direction === 'forwards' && from !== shown.newest + 1n)
    await send(firstStreamPosition(shown.newest + 1n));
  await send(lastStreamPosition(shown.newest));
};

/** An ordinal; null for the end. */
const ordinalFrom = (options: AllOptions): bigint | null => {
  if (options.hasEnd()) return null;
  if (options.hasStart()) return 0n;
  return BigInt(options.getPosition()?.getCommitPosition() ?? 0);
};

const readAll = async (asked: AllOptions, reading: Reading): Promise<void> => {
  const { log, options, form, send, signal } = reading;
  const direction = directionOf(options);
  const { allows } = filterFrom(options);
  let left = BigInt(options.getCount());
  const from = ordinalFrom(asked);
  // Forwards the position itself is read, backwards only what stands before it.
  let after = direction === 'forwards' ? (from ?? log.tail.head + 1n) - 1n : from;
  if (after !== null && after < 0n) after = 0n;
  while (left > 0n && !signal.aborted) {
    const page = await log.readAllPage(direction, after);
    for (const event of page) {
      after = event.ordinal;
      if (!allows(event)) continue;
      await send(eventRead(event, form));
      left -= 1n;
      if (left === 0n) return;
    }
    if (page.length === 0) return;
  }
};

const tell = async (told: AsyncIterable<Told>, { form, send }: Reading): Promise<void> => {
  for await (const one of told)
    if (one.kind === 'event') await send(eventRead(one.event, form));
    else if (one.kind === 'checkpoint') await send(checkpointAt(one.ordinal));
    else await send(caughtUp());
};

const subscribeStream = async (asked: StreamOptions, reading: Reading): Promise<void> => {
  const { log, send, signal } = reading;
  const stream = streamNameFrom(asked.getStreamIdentifier());
  if (stream === '') throw invalidArgument('no stream');
  const revision = asked.hasStart() ? NO_STREAM : revisionFrom(asked);
  const after = revision ?? (await endOf(log, stream));
  await send(confirmed(randomUUID()));
  await tell(followStream(log, { stream, after, signal }), reading);
};

const subscribeAll = async (asked: AllOptions, reading: Reading): Promise<void> => {
  const { log, options, send, signal } = reading;
  const filter = filterFrom(options);
  const after = ordinalFrom(asked) ?? log.tail.head;
  await send(confirmed(randomUUID()));
  await tell(followAll(log, { after, filter, signal }), reading);
};

/** Reads of streams and of everything, and subscriptions to them: one call in EventStoreDB. */
export const read = (
  context: Context,
): ((call: ServerWritableStream<streams.ReadReq, streams.ReadResp>) => void) =>
  streamed(context, async (request, send, signal) => {
    const options = request.getOptions();
    const uuidOption = options?.getUuidOption();
    if (options === undefined || uuidOption === undefined)
      throw invalidArgument('`uuidOption` is a required argument');
    const form = uuidOption.hasString() ? 'string' : 'structured';
    const reading = { log: context.log, options, form, send, signal } as const;
    const stream = options.getStream();
    const all = options.getAll();
    if (options.hasSubscription() && directionOf(options) === 'backwards')
      throw invalidArgument('a subscription goes forwards');
    if (stream !== undefined && options.hasFilter())
      throw invalidArgument('a stream is not filtered');
    if (stream !== undefined)
      return options.hasSubscription()
        ? subscribeStream(stream, reading)
        : readStream(stream, reading);
    if (all === undefined) throw invalidArgument('neither a stream nor $all');
    return options.hasSubscription() ? subscribeAll(all, reading) : readAll(all, reading);
  });
