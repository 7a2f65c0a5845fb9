import type { ResolvedEvent } from '@eventstore/db-client';
import { closedError } from './calling.js';
import { NoAnswer } from './failures.js';
import type { OpenCall } from './inside.js';

export const isAnyAborted = (signals: readonly AbortSignal[]): boolean =>
  signals.some(({ aborted }) => aborted);

/**
 * The events of a read or a subscription, one by one as they are asked for: what is not asked for
 * stays with the server. Throws NoAnswer when one takes longer than `deadlineMs`, StoreUnavailable
 * when a signal aborts, and what the client throws. Lets go of the call at the end, however it comes.
 */
export async function* pulled(
  { source, letGo }: OpenCall,
  signals: readonly AbortSignal[],
  deadlineMs: number,
): AsyncGenerator<ResolvedEvent, undefined> {
  const end = (reason: Error): void => {
    source.destroy(reason);
  };
  const stop = (): void => end(closedError());
  for (const signal of signals) signal.addEventListener('abort', stop);
  if (isAnyAborted(signals)) stop();
  const late = (): void => end(new NoAnswer(`nothing was read in ${deadlineMs} ms`));
  const events = source[Symbol.asyncIterator]() as AsyncIterator<ResolvedEvent, undefined>;
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
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', stop);
    source.destroy();
    letGo();
  }
}
