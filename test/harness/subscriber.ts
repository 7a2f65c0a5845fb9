import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from './eventually.js';

/** A thousand changes take seconds; on a machine with much else to do, they take longer. */
const countedWithinMs = 150_000;

export type Told = { readonly message: string; readonly extensions?: { readonly code?: string } };

/** A client of graphql-transport-ws with one subscription, which keeps everything it is told. */
export class Subscriber<T> {
  readonly received: T[] = [];
  /** What the subscription ended with; empty while it goes on. */
  readonly errors: Told[] = [];
  private readonly client: Client;
  private socket: WebSocket | null = null;
  private isOver = false;

  constructor(url: string, token: string, query: string, variables: { [name: string]: unknown }) {
    this.client = createClient({
      url,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
      on: { opened: (socket) => (this.socket = socket as WebSocket) },
    });
    this.client.subscribe<T>(
      { query, variables },
      {
        next: ({ data, errors }) => {
          if (data) this.received.push(data);
          this.errors.push(...((errors ?? []) as readonly Told[]));
        },
        error: (error) => {
          this.errors.push(...(Array.isArray(error) ? (error as Told[]) : [{ message: 'closed' }]));
          this.isOver = true;
        },
        complete: () => (this.isOver = true),
      },
    );
  }

  /** The first that fits, once it has come. */
  until(what: string, fits: (told: T) => boolean): Promise<T> {
    return eventually(what, () => {
      if (this.errors.length > 0) throw new Error(JSON.stringify(this.errors));
      return this.received.find(fits);
    });
  }

  count(what: string, atLeast: number): Promise<true> {
    return eventually(`${atLeast} ${what}`, () => this.received.length >= atLeast, countedWithinMs);
  }

  /** The code of the error that the subscription is refused with. */
  async refusal(): Promise<string | undefined> {
    await eventually('the refusal of a subscription', () => this.errors.length > 0);
    return this.errors[0]?.extensions?.code;
  }

  /** Tears the connection, as a lost network does: no closing words. */
  async cut(): Promise<void> {
    this.socket?.terminate();
    await eventually('the cut of a socket', () => this.isOver);
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }
}
