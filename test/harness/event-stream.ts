import { eventually } from './eventually.js';
import type { Told } from './subscriber.js';

/** What came with one `next`: where to go on from, and the result. */
export type Happened<T> = { readonly id: string | null; readonly data: T };

export type Following = {
  readonly url: string;
  readonly token: string;
  readonly query: string;
  readonly variables: { readonly [name: string]: unknown };
  /** The id of the last event that was seen; null for a first connection. */
  readonly lastEventId: string | null;
};

const countedWithinMs = 150_000;

/** A client of server-sent events with one subscription, which keeps everything it is told. */
export class EventStream<T> {
  readonly received: Happened<T>[] = [];
  readonly errors: Told[] = [];
  /** Whether the server said that there is no more to come. */
  isComplete = false;
  isOver = false;
  status = 0;
  private readonly leaving = new AbortController();

  constructor(following: Following) {
    void this.follow(following)
      .catch(() => undefined)
      .finally(() => (this.isOver = true));
  }

  count(what: string, atLeast: number): Promise<true> {
    return eventually(`${atLeast} ${what}`, () => this.received.length >= atLeast, countedWithinMs);
  }

  /** Tears the connection, as a lost network does. */
  async cut(): Promise<void> {
    this.leaving.abort();
    await this.over();
  }

  over(): Promise<true> {
    return eventually('the end of a stream', () => this.isOver);
  }

  private async follow({ url, token, query, variables, lastEventId }: Following): Promise<void> {
    const response = await fetch(`${url}/graphql/stream`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${token}`,
        ...(lastEventId !== null && { 'last-event-id': lastEventId }),
      },
      body: JSON.stringify({ query, variables }),
      signal: this.leaving.signal,
    });
    this.status = response.status;
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      const blocks = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.hear(block);
    }
  }

  private hear(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => {
        const [name = '', ...value] = line.split(': ');
        return [name, value.join(': ')] as const;
      }),
    );
    if (fields.get('event') === 'complete') this.isComplete = true;
    if (fields.get('event') !== 'next') return;
    const { data, errors = [] } = JSON.parse(fields.get('data') ?? '') as {
      readonly data?: T | null;
      readonly errors?: readonly Told[];
    };
    this.errors.push(...errors);
    if (data) this.received.push({ id: fields.get('id') ?? null, data });
  }
}
