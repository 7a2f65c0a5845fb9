import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';

export type Message = {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
};

/** A client of graphql-transport-ws that says and sees exactly what goes over the wire. */
export class Client {
  readonly received: Message[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  private waiting: (() => void)[] = [];

  constructor(url: string, options: ClientOptions = {}, protocol = 'graphql-transport-ws') {
    this.socket = new WebSocket(url, protocol, options);
    this.socket.on('message', (data: Buffer) => {
      this.received.push(JSON.parse(data.toString('utf8')));
      this.wake();
    });
    this.socket.on('open', () => this.wake());
    this.socket.on('error', () => this.wake());
    this.closed = new Promise((resolve) =>
      this.socket.once('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.wake();
      }),
    );
  }

  /** Connects and says who it is; resolves at the acknowledgement, or once it was closed. */
  async init(payload?: object): Promise<this> {
    await this.opened();
    this.send({ type: 'connection_init', ...(payload && { payload }) });
    await this.until((message) => message.type === 'connection_ack');
    return this;
  }

  async opened(): Promise<void> {
    await this.untilTrue(() => this.socket.readyState !== WebSocket.CONNECTING);
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables?: object): void {
    this.send({ type: 'subscribe', id, payload: { query, variables } });
  }

  /** The first message that fits; undefined when the socket was closed without it. */
  async until(fits: (message: Message) => boolean): Promise<Message | undefined> {
    await this.untilTrue(
      () => this.received.some(fits) || this.socket.readyState === WebSocket.CLOSED,
    );
    return this.received.find(fits);
  }

  private async untilTrue(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Resolves once it holds, looking again at every turn of the loop; throws when it never does. */
export const eventually = async (holds: () => boolean): Promise<void> => {
  const givenUpAtMs = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > givenUpAtMs) throw new Error('It never came to hold.');
    await new Promise(setImmediate);
  }
};
