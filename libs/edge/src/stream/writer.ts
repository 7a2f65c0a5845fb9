import type { ServerResponse } from 'node:http';
import { KEEP_ALIVE } from './event-text.js';
import type { StreamLimits } from './options.js';

/** One answer that is written bit by bit. */
export type Writer = {
  /** Aborts when nothing more can be told: the reader left, or the last words were said. */
  readonly over: AbortSignal;
  /** Resolves once there is room for more, or when it is over. Whoever waits for it holds one event. */
  readonly write: (text: string) => Promise<void>;
  readonly keepAlive: () => void;
  /** Says the last words. Whoever does not take them in time loses the connection. */
  readonly end: (lastWords: string) => void;
  /** Resolves when the reader has everything, or is gone. */
  readonly closed: Promise<void>;
};

/** `stalled` is called when the reader takes nothing for `stalledMsMax`; it says the last words. */
export const createWriter = (
  response: ServerResponse,
  { stalledMsMax, closeMsMax }: StreamLimits,
  stalled: () => void,
): Writer => {
  const over = new AbortController();
  let farewell: NodeJS.Timeout | undefined;
  const closed = new Promise<void>((resolve) =>
    response.once('close', () => {
      clearTimeout(farewell);
      over.abort();
      resolve();
    }),
  );
  // What cannot be written any more is told by `close` as well.
  response.on('error', () => undefined);
  return {
    over: over.signal,
    closed,
    write: (text) =>
      over.signal.aborted || response.write(text)
        ? Promise.resolve()
        : roomIn(response, over.signal, stalledMsMax, stalled),
    keepAlive: () => {
      if (!over.signal.aborted && !response.writableNeedDrain) response.write(KEEP_ALIVE);
    },
    end: (lastWords) => {
      if (over.signal.aborted) return;
      over.abort();
      response.end(lastWords);
      farewell = setTimeout(() => response.destroy(), closeMsMax);
    },
  };
};

const roomIn = (
  response: ServerResponse,
  over: AbortSignal,
  stalledMsMax: number,
  stalled: () => void,
): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(stalled, stalledMsMax);
    const done = (): void => {
      clearTimeout(timer);
      response.off('drain', done);
      over.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    over.addEventListener('abort', done);
  });
