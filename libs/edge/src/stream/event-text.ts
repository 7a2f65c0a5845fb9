import type { FormattedExecutionResult } from 'graphql';

/** A line break in an id would begin another field. */
const ONE_LINE = /^[\x21-\x7e]+$/;

/** One result, as the protocol graphql-sse writes it; `id` is where a client goes on from. */
export const nextEvent = (result: FormattedExecutionResult, id: string | null): string => {
  const idLine = id !== null && ONE_LINE.test(id) ? `id: ${id}\n` : '';
  return `${idLine}event: next\ndata: ${JSON.stringify(result)}\n\n`;
};

/** The operation is over, and there is nothing to come again for. */
export const COMPLETE_EVENT = 'event: complete\ndata:\n\n';

/** Begins a stream: when to come again, should it break. */
export const opening = (retryMs: number): string => `retry: ${retryMs}\n\n`;

/** Says nothing, so that proxies and readers see that somebody is there. */
export const KEEP_ALIVE = ':\n\n';
