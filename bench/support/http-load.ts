import { percentile } from '../table.js';
import { concurrently } from './concurrently.js';
import { KeepAlive } from './keep-alive.js';

export type Load = {
  readonly port: number;
  /** How many ask at once, each over a connection of its own that is kept. */
  readonly connections: number;
  /** Whole requests, as `requestTo` makes them. */
  readonly requests: readonly Buffer[];
};

export type Measured = {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
};

/** Sends each request once, over whichever connection is free. Throws unless all are answered 200. */
export const sendAll = async ({ port, connections, requests }: Load): Promise<Measured> => {
  const idle = await Promise.all(Array.from({ length: connections }, () => KeepAlive.open(port)));
  const tookMs: number[] = [];
  const perSecond = await concurrently(requests.length, connections, async (number) => {
    const connection = idle.pop();
    const request = requests[number];
    if (!connection || !request) throw new Error('more at once than there are connections');
    const askedAt = performance.now();
    await connection.ask(request);
    tookMs.push(performance.now() - askedAt);
    idle.push(connection);
  });
  for (const connection of idle) connection.close();
  return { perSecond, medianMs: percentile(tookMs, 0.5), p99Ms: percentile(tookMs, 0.99) };
};
