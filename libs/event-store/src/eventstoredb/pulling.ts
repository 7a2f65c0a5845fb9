import type { AllStreamSubscription, ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import { closedError } from './calling.js';
import { NoAnswer } from './failures.js';

/** What the client gives for a read and for a subscription. */
type Source = StreamingRead<ResolvedEvent> | AllStreamSubscription;

const cancelled = (source: Source): Promise<void> =>
  'cancel' in source ? source.cancel() : source.unsubscribe();

export const isAnyAborted = (signals: readonly AbortSignal[]): boolean =>
  signals.some(({ aborted }) => aborted);

const ignore = (): void => undefined;

/**
 * The events of a read or a subscription, one by one as they are asked for: what is not asked for
 * stays with the server. Throws NoAnswer when one takes longer than `deadlineMs`, StoreUnavailable
 * when a signal aborts, and what the client throws. Lets go of the call at the end, however it comes.
 */
export async function* pulled(
  source: Source,
  signals: readonly AbortSignal[],
  deadlineMs: number,
): AsyncGenerator<ResolvedEvent, undefined> {
  // The client tells of errors also when nobody reads any more.
  source.on('error', ignore);
  const end = (reason: Error): void => {
    source.destroy(reason);
  };
  const stop = (): void => end(closedError());
  for (const signal of signals) signal.addEventListener('abort', stop);
  if (isAnyAborted(signals)) stop();
  const late = (): void => end(new NoAnswer(`nothing was read in ${deadlineMs} ms`));
  const events = source[Symbol.asyncIterator]() as AsyncIterator<ResolvedEvent, undefined>;
  let isOver = false;
  const next = async (): Promise<IteratorResult<ResolvedEvent, undefined>> => {
    const timer = Number.isFinite(deadlineMs) ? setTimeout(late, deadlineMs) : undefined;
    try {
      return await events.next();
    } finally {
      clearTimeout(timer);
    }
  };
  try {
    for (let one = await next(); !one.done; one = await next()) yield one.value;
    isOver = true;
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', stop);
    if (!isOver) {
      source.destroy();
      // Not awaited: the call may itself be waiting for a connection.
      cancelled(source).catch(ignore);
    }
  }
}
