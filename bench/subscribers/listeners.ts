import { once } from 'node:events';
import { WebSocket } from 'ws';
import { serveParent, sharedNowMs } from '../support/forked.js';

/** Opens so many sockets, on which each says the same after the others; then counts what comes. */
export type Open = {
  readonly url: string;
  readonly count: number;
  /** What each socket says first; in turn, when there are fewer than sockets. */
  readonly openings: readonly string[];
  /** What it says once it is answered, if anything. */
  readonly subscribe: string | null;
};
export type Listening = { readonly listening: number };
/** All have heard it, the last of them at `lastAtMs`; `text` is what that one heard. */
export type Heard = { readonly lastAtMs: number; readonly text: string };

const openAtOnce = 50;
const isNews = (data: Buffer): boolean => data.includes('"type":"next"');

let expected = 0;
let heard = 0;

const hear = (data: Buffer): void => {
  if (!isNews(data)) return;
  heard += 1;
  if (heard < expected) return;
  heard = 0;
  const told: Heard = { lastAtMs: sharedNowMs(), text: data.toString('utf8') };
  process.send?.(told);
};

const open = async ({ url, subscribe }: Open, opening: string | undefined): Promise<void> => {
  const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
  await once(socket, 'open');
  if (opening !== undefined) socket.send(opening);
  if (subscribe !== null) {
    await once(socket, 'message');
    socket.send(subscribe);
  }
  socket.on('message', hear);
};

serveParent<Open>(async (asked) => {
  expected = asked.count;
  for (let from = 0; from < asked.count; from += openAtOnce) {
    const numbers = Array.from({ length: Math.min(openAtOnce, asked.count - from) }, (_, n) => n);
    await Promise.all(
      numbers.map((n) => open(asked, asked.openings[(from + n) % asked.openings.length])),
    );
  }
  return { listening: asked.count } satisfies Listening;
});
