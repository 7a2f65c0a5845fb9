import { once } from 'node:events';
import type {
  sendUnaryData,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { StoreNotWritable, StoreUnavailable, WrongExpectedRevision } from '#event-store';
import { CallFailed, notReady, unforeseen } from '../wire/errors.js';
import type { Context } from './context.js';

/** What a call ends with when its handler throws. */
export const failureOf = (error: unknown): CallFailed => {
  if (error instanceof CallFailed) return error;
  const isStore =
    error instanceof StoreUnavailable ||
    error instanceof StoreNotWritable ||
    // A write that stood before it failed: this one was decided on what never came to be.
    error instanceof WrongExpectedRevision;
  return isStore ? notReady() : unforeseen();
};

/** Sends one answer, and resolves when there is room for the next. Throws when the call is over. */
export type Send<Answer> = (answer: Answer) => Promise<void>;

/** One after the other, in the order in which they were asked for: one waits for room at a time. */
export const sender = <Answer>(
  context: Context,
  call: ServerWritableStream<never, Answer> | ServerDuplexStream<never, Answer>,
  signal: AbortSignal,
): Send<Answer> => {
  let before: Promise<void> = Promise.resolve();
  const write = async (answer: Answer): Promise<void> => {
    await context.faults.hold();
    signal.throwIfAborted();
    if (!call.write(answer)) await once(call, 'drain', { signal });
  };
  return (answer) => {
    const sent = before.then(() => write(answer));
    // Who comes next waits for the end of this one, not for its success.
    before = sent.catch(() => undefined);
    return sent;
  };
};

/** Aborts when the client has gone away. */
export const goneSignal = (call: {
  readonly cancelled: boolean;
  once(event: 'cancelled', listener: () => void): unknown;
}): AbortSignal => {
  const gone = new AbortController();
  call.once('cancelled', () => gone.abort());
  if (call.cancelled) gone.abort();
  return gone.signal;
};

/** A call that is asked once and answers often. */
export const streamed = <Request, Answer>(
  context: Context,
  body: (request: Request, send: Send<Answer>, signal: AbortSignal) => Promise<void>,
) => {
  const answer = async (call: ServerWritableStream<Request, Answer>): Promise<void> => {
    const signal = goneSignal(call);
    try {
      context.admit(call.metadata);
      await context.faults.pass();
      const send = sender(context, call as ServerWritableStream<never, Answer>, signal);
      await body(call.request, send, signal);
      await context.faults.hold();
      if (!signal.aborted) call.end();
    } catch (error) {
      if (!signal.aborted) call.emit('error', failureOf(error));
    }
  };
  return (call: ServerWritableStream<Request, Answer>): void => void answer(call);
};

/**
 * A call that is asked once and answers once. One that writes is for those who may, and its answer
 * may get lost; what tells of the server alone is told to everybody.
 */
export const single = <Request, Answer>(
  context: Context,
  body: (request: Request) => Promise<Answer>,
  { writes }: { readonly writes: boolean },
) => {
  const respond = async (
    call: ServerUnaryCall<Request, Answer>,
    answer: sendUnaryData<Answer>,
  ): Promise<void> => {
    try {
      if (writes) context.admit(call.metadata);
      await context.faults.pass();
      const answered = await body(call.request);
      if (writes && context.faults.loses()) return;
      await context.faults.hold();
      answer(null, answered);
    } catch (error) {
      answer(failureOf(error));
    }
  };
  return (call: ServerUnaryCall<Request, Answer>, answer: sendUnaryData<Answer>): void =>
    void respond(call, answer);
};
