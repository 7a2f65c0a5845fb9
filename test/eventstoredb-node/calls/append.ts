import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { ProposedEvent } from '../log/event.js';
import type { Expected } from '../log/judgement.js';
import type { Written } from '../log/writer.js';
import {
  invalidArgument,
  maxAppendSizeExceeded,
  streamDeleted,
  timedOut,
  unforeseen,
} from '../wire/errors.js';
import { streamNameFrom } from '../wire/identifiers.js';
import { failureOf } from './answering.js';
import type { Context } from './context.js';
import { proposedFrom, sizeOf } from './proposed.js';
import { within } from './within.js';

const none = (): empty.Empty => new empty.Empty();

const expectedFrom = (options: streams.AppendReq.Options): Expected => {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasStreamExists()) return 'stream-exists';
  if (options.hasRevision()) return BigInt(options.getRevision());
  throw invalidArgument('no expected revision');
};

const wrongFrom = (expected: Expected, current: bigint): streams.AppendResp => {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (expected === 'any') wrong.setExpectedAny(none());
  else if (expected === 'no-stream') wrong.setExpectedNoStream(none());
  else if (expected === 'stream-exists') wrong.setExpectedStreamExists(none());
  else wrong.setExpectedRevision(expected.toString());
  if (current < 0n) wrong.setCurrentNoStream(none());
  else wrong.setCurrentRevision(current.toString());
  return new streams.AppendResp().setWrongExpectedVersion(wrong);
};

const successFrom = (written: Written & { readonly kind: 'written' }): streams.AppendResp => {
  const success = new streams.AppendResp.Success();
  if (written.revision < 0n) success.setNoStream(none());
  else success.setCurrentRevision(written.revision.toString());
  return new streams.AppendResp().setSuccess(
    success.setPosition(
      new streams.AppendResp.Position()
        .setCommitPosition(written.ordinal.toString())
        .setPreparePosition(written.ordinal.toString()),
    ),
  );
};

/** What a client has sent of one append so far. */
class Received {
  readonly #bytesMax: number;
  readonly #events: ProposedEvent[] = [];
  #options: streams.AppendReq.Options | null = null;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  take(request: streams.AppendReq): void {
    if (this.#options === null) {
      this.#options = request.getOptions() ?? null;
      if (this.#options === null) throw unforeseen();
      return;
    }
    const message = request.getProposedMessage();
    if (message === undefined) throw unforeseen();
    const event = proposedFrom(message);
    this.#bytes += sizeOf(event);
    if (this.#bytes > this.#bytesMax) throw maxAppendSizeExceeded(this.#bytesMax);
    this.#events.push(event);
  }

  async write({ log, writeTimeoutMs }: Context): Promise<streams.AppendResp> {
    const options = this.#options;
    const stream = streamNameFrom(options?.getStreamIdentifier());
    if (options === null || stream === '') throw unforeseen();
    const expected = expectedFrom(options);
    const appending = log.writer.append(stream, expected, this.#events);
    const written = await within(writeTimeoutMs, appending);
    if (written === null) throw timedOut();
    if (written.kind === 'deleted') throw streamDeleted(stream);
    return written.kind === 'wrong' ? wrongFrom(expected, written.current) : successFrom(written);
  }
}

const taken = (
  received: Received,
  request: streams.AppendReq,
  fail: (error: unknown) => void,
): void => {
  try {
    received.take(request);
  } catch (error) {
    fail(error);
  }
};

type Call = ServerReadableStream<streams.AppendReq, streams.AppendResp>;

/** One append for one call: the options first, then the events. */
export const append = (context: Context) => {
  const respond = async (call: Call, answer: sendUnaryData<streams.AppendResp>): Promise<void> => {
    const { faults } = context;
    let failed = false;
    const fail = (error: unknown): void => {
      if (!failed) answer(failureOf(error));
      failed = true;
    };
    try {
      context.admit(call.metadata);
      await faults.pass();
      const received = new Received(context.appendBytesMax);
      // What comes after a failure is read to its end and let go: the answer has been given.
      for await (const request of call)
        if (!failed) taken(received, request as streams.AppendReq, fail);
      if (failed || call.cancelled) return;
      const answered = await received.write(context);
      if (faults.loses()) return;
      await faults.hold();
      answer(null, answered);
    } catch (error) {
      fail(error);
    }
  };
  return (call: Call, answer: sendUnaryData<streams.AppendResp>): void =>
    void respond(call, answer);
};
