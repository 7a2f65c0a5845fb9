import type { ServerDuplexStream } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type status from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ProposedEvent } from '../log/event.js';
import type { Expected } from '../log/judgement.js';
import type { Written } from '../log/writer.js';
import {
  batchBadRequest,
  batchNotReady,
  batchStreamDeleted,
  batchTimeout,
  batchTooLarge,
  batchWrongExpectedVersion,
} from '../wire/batch-status.js';
import { streamIdentifier, streamNameFrom, uuidFrom } from '../wire/identifiers.js';
import { failureOf, goneSignal, sender, type Send } from './answering.js';
import type { Context } from './context.js';
import { proposedFrom, sizeOf } from './proposed.js';
import { within } from './within.js';

/** Batches of one call that are being written at once: beyond, the client is not read from. */
const WRITING_MAX = 1_000;

type Request = streams.BatchAppendReq;
type Answer = streams.BatchAppendResp;

/** What a client has sent of one batch so far. */
type Gathering = {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: ProposedEvent[];
  bytes: number;
  readonly timer: NodeJS.Timeout;
};

const expectedFrom = (options: streams.BatchAppendReq.Options): Expected => {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasStreamExists()) return 'stream-exists';
  if (options.hasStreamPosition()) return BigInt(options.getStreamPosition());
  throw new TypeError('no expected position');
};

const success = (
  written: Written & { readonly kind: 'written' },
): streams.BatchAppendResp.Success =>
  new streams.BatchAppendResp.Success()
    .setCurrentRevision(written.revision.toString())
    .setPosition(
      new shared.AllStreamPosition()
        .setCommitPosition(written.ordinal.toString())
        .setPreparePosition(written.ordinal.toString()),
    );

/** Many appends over one call, each answered by itself when it is done. */
class Batches {
  readonly #context: Context;
  readonly #send: Send<Answer>;
  readonly #gathering = new Map<string, Gathering>();
  readonly #writing = new Set<Promise<void>>();

  constructor(context: Context, send: Send<Answer>) {
    this.#context = context;
    this.#send = send;
  }

  async take(request: Request): Promise<void> {
    const correlation = request.getCorrelationId();
    let id = '';
    try {
      id = uuidFrom(correlation);
      const options = request.getOptions();
      if (options !== undefined) await this.#begin(id, options);
      const gathering = this.#gathering.get(id);
      if (gathering !== undefined) await this.#add(id, gathering, request);
    } catch (error) {
      const gathering = this.#gathering.get(id);
      if (gathering !== undefined) this.#drop(id, gathering);
      const words = error instanceof Error ? error.message : String(error);
      await this.#refuse(correlation, '', batchBadRequest(words));
    }
  }

  /** Resolves when every batch that came to its end has been answered. */
  async finish(): Promise<void> {
    for (const { timer } of this.#gathering.values()) clearTimeout(timer);
    await Promise.all(this.#writing);
  }

  async #begin(id: string, options: streams.BatchAppendReq.Options): Promise<void> {
    const stream = streamNameFrom(options.getStreamIdentifier());
    if (stream === '') throw new TypeError('Required field StreamIdentifier not set.');
    const expected = expectedFrom(options);
    const asked = options.getDeadline()?.toDate().getTime() ?? Number.POSITIVE_INFINITY;
    const timeoutMs = Math.min(asked - Date.now(), this.#context.writeTimeoutMs);
    if (timeoutMs <= 0) return this.#refuse(idOf(id), stream, batchTimeout());
    if (this.#gathering.has(id)) return;
    const late = (): void => {
      this.#gathering.delete(id);
      // A call that is over needs no answer.
      this.#refuse(idOf(id), stream, batchTimeout()).catch(() => undefined);
    };
    const timer = setTimeout(late, timeoutMs);
    this.#gathering.set(id, { stream, expected, events: [], bytes: 0, timer });
  }

  async #add(id: string, gathering: Gathering, request: Request): Promise<void> {
    for (const message of request.getProposedMessagesList()) {
      const event = proposedFrom(message);
      gathering.bytes += sizeOf(event);
      gathering.events.push(event);
    }
    const bytesMax = this.#context.appendBytesMax;
    if (gathering.bytes > bytesMax) {
      this.#drop(id, gathering);
      return this.#refuse(idOf(id), gathering.stream, batchTooLarge(bytesMax));
    }
    if (!request.getIsFinal()) return;
    this.#drop(id, gathering);
    const writing = this.#write(id, gathering).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
    if (this.#writing.size >= WRITING_MAX) await Promise.race(this.#writing);
  }

  #drop(id: string, { timer }: Gathering): void {
    clearTimeout(timer);
    this.#gathering.delete(id);
  }

  /** Never rejects: a call that is over needs no answer. */
  async #write(id: string, gathering: Gathering): Promise<void> {
    const { faults } = this.#context;
    const answer = await this.#written(gathering);
    if (faults.loses()) return;
    answer.setCorrelationId(idOf(id)).setStreamIdentifier(streamIdentifier(gathering.stream));
    await this.#send(answer).catch(() => undefined);
  }

  async #written({ stream, expected, events }: Gathering): Promise<Answer> {
    const answer = new streams.BatchAppendResp();
    const { log, writeTimeoutMs } = this.#context;
    try {
      const written = await within(writeTimeoutMs, log.writer.append(stream, expected, events));
      if (written === null) return answer.setError(batchTimeout());
      if (written.kind === 'deleted') return answer.setError(batchStreamDeleted(stream));
      if (written.kind === 'written') return answer.setSuccess(success(written));
      return answer.setError(batchWrongExpectedVersion(expected, written.current));
    } catch {
      return answer.setError(batchNotReady());
    }
  }

  #refuse(id: shared.UUID | undefined, stream: string, error: status.Status): Promise<void> {
    return this.#send(
      new streams.BatchAppendResp()
        .setCorrelationId(id)
        .setStreamIdentifier(streamIdentifier(stream))
        .setError(error),
    );
  }
}

const idOf = (id: string): shared.UUID => new shared.UUID().setString(id);

export const batchAppend = (context: Context) => {
  const respond = async (call: ServerDuplexStream<Request, Answer>): Promise<void> => {
    const signal = goneSignal(call);
    const send = sender(context, call as unknown as ServerDuplexStream<never, Answer>, signal);
    const batches = new Batches(context, send);
    try {
      context.admit(call.metadata);
      // A call that fails is not destroyed: its status must still reach the client.
      for await (const request of call.iterator({ destroyOnReturn: false })) {
        await context.faults.pass();
        await batches.take(request as Request);
      }
      await batches.finish();
      if (!signal.aborted) call.end();
    } catch (error) {
      await batches.finish();
      if (!signal.aborted) call.emit('error', failureOf(error));
    }
  };
  return (call: ServerDuplexStream<Request, Answer>): void => void respond(call);
};
