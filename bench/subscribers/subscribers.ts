import { join } from 'node:path';
import type { Bench, Prepared, Readings, Settings } from '../bench.js';
import { inTurn } from '../support/concurrently.js';
import { temporaryDirectory } from '../support/embedded.js';
import { Forked } from '../support/forked.js';
import { median, percentile } from '../table.js';
import type { Heard, Listening, Open } from './listeners.js';
import type { Here, Published } from './publish.js';

const sockets = 1_000;
const factsPerSide = 150;
const warmUpFacts = 40;

const document = `subscription Inbox($after: Cursor) {
  inboxChanged(after: $after) {
    cursor matches
    conversation {
      id
      contact { id name }
      lifecycle status unreadCount needsAttention
      window { status closesAt }
      lastMessage { id direction kind sentAt status content { ... on TextContent { text } } }
    }
  }
}`;

/** A server of subscribers, and those who listen to it from a process of their own. */
type Side = { readonly server: Forked; readonly listeners: Forked };

const scriptAt = (name: string): URL => new URL(`./${name}.js`, import.meta.url);

const open = async (server: Forked, count: number): Promise<Side> => {
  const { url, tokens, after } = await server.ask<Here>({ kind: 'where' });
  const listeners = new Forked(scriptAt('listeners'), []);
  const subscribe = {
    id: '1',
    type: 'subscribe',
    payload: { query: document, variables: { after } },
  };
  const opening = (token: string) => ({
    type: 'connection_init',
    payload: { authorization: `Bearer ${token}` },
  });
  await listeners.ask<Listening>({
    url,
    count,
    openings: tokens.map((token) => JSON.stringify(opening(token))),
    subscribe: tokens.length > 0 ? JSON.stringify(subscribe) : null,
  } satisfies Open);
  return { server, listeners };
};

/** From just before a fact is made durable until the last has it; `text` is what they heard. */
const publish = async ({ server, listeners }: Side, text: string) => {
  server.tell({ kind: 'publish', text });
  const [{ atMs }, heard] = await Promise.all([server.next<Published>(), listeners.next<Heard>()]);
  return { ms: heard.lastAtMs - atMs, text: heard.text };
};

const timesOf = async (side: Side, text: string, count: number): Promise<readonly number[]> => {
  const times: number[] = [];
  for (let fact = 0; fact < count; fact += 1) times.push((await publish(side, text)).ms);
  return times;
};

const round = async (
  number: number,
  sides: { readonly casement: Side; readonly baseline: Side },
  text: string,
  scale: number,
): Promise<Readings> => {
  const readings: Record<string, number> = {};
  const measure = async (name: 'casement' | 'baseline'): Promise<void> => {
    await timesOf(sides[name], text, Math.ceil(warmUpFacts * scale));
    const times = await timesOf(sides[name], text, Math.ceil(factsPerSide * scale));
    readings[`${name}MedianMs`] = median(times);
    readings[`${name}P99Ms`] = percentile(times, 0.99);
  };
  await inTurn(
    number,
    () => measure('casement'),
    () => measure('baseline'),
  );
  return readings;
};

const prepare = async ({ scale, say }: Settings): Promise<Prepared> => {
  const { directory, remove } = await temporaryDirectory();
  const count = Math.ceil(sockets * scale);
  say(`subscribers: ${count} sockets on each side`);
  const casement = await open(new Forked(scriptAt('casement-server'), [directory]), count);
  const raw = new Forked(scriptAt('raw-server'), [join(directory, 'raw.db')]);
  const baseline = await open(raw, count);
  // What Casement tells is what the baseline tells.
  const { text } = await publish(casement, '');
  return {
    round: (number) => round(number, { casement, baseline }, text, scale),
    close: async () => {
      const processes = [casement, baseline].flatMap((side) => [side.listeners, side.server]);
      for (const each of processes) await each.close();
      await remove();
    },
  };
};

/** One fact told to a thousand subscribers of one organisation, in a process of their own. */
export const subscribers: Bench = {
  name: 'subscribers',
  lines: [
    {
      work: 'publish to the last of 1,000 subscribers',
      unit: 'ms',
      casement: 'casementMedianMs',
      baseline: 'baselineMedianMs',
      aim: { atMost: 2 },
    },
    {
      work: 'the same: p99',
      unit: 'ms',
      casement: 'casementP99Ms',
      baseline: 'baselineP99Ms',
      aim: null,
    },
  ],
  prepare,
};
