import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { percentile } from '../table.js';

export type Load = {
  readonly port: number;
  readonly connections: number;
  /** Whole requests, head and body; sent one after the other, each by whichever connection is free. */
  readonly requests: readonly Buffer[];
};

export type Measured = {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
};

const headEnd = Buffer.from('\r\n\r\n');

/** One request at a time over one connection that is kept. Throws when the answer is not 200. */
class Connection {
  private received: Buffer = Buffer.alloc(0);

  constructor(private readonly socket: Socket) {}

  static async to(port: number): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  async ask(request: Buffer): Promise<void> {
    this.socket.write(request);
    while (!this.hasAnswer()) {
      const [data] = (await once(this.socket, 'data')) as [Buffer];
      this.received = this.received.length === 0 ? data : Buffer.concat([this.received, data]);
    }
    this.received = Buffer.alloc(0);
  }

  close(): void {
    this.socket.destroy();
  }

  private hasAnswer(): boolean {
    const end = this.received.indexOf(headEnd);
    if (end < 0) return false;
    const head = this.received.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 200')) throw new Error(`not answered with 200: ${head}`);
    const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    return this.received.length >= end + headEnd.length + length;
  }
}

/** Sends all requests over so many connections at once. */
export const sendAll = async ({ port, connections, requests }: Load): Promise<Measured> => {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.to(port)));
  const tookMs: number[] = [];
  const left = requests.values();
  const startedAt = performance.now();
  await Promise.all(
    open.map(async (connection) => {
      for (const request of left) {
        const askedAt = performance.now();
        await connection.ask(request);
        tookMs.push(performance.now() - askedAt);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const connection of open) connection.close();
  return {
    perSecond: requests.length / seconds,
    medianMs: percentile(tookMs, 0.5),
    p99Ms: percentile(tookMs, 0.99),
  };
};

/** A POST of JSON as bytes. */
export const post = (
  path: string,
  body: string,
  headers: { readonly [name: string]: string },
): Buffer => {
  const lines = Object.entries({
    host: 'localhost',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([`POST ${path} HTTP/1.1`, ...lines, '', body].join('\r\n'));
};
