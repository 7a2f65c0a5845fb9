import { eventually } from './client.js';

export type StreamEvent = {
  readonly event: string;
  readonly id: string | null;
  readonly data: {
    readonly data?: { readonly [field: string]: unknown } | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly extensions: { readonly [name: string]: unknown };
    }[];
  } | null;
};

/** A client of graphql-sse that sees exactly what comes over the wire, as far as it reads. */
export class EventStream {
  text = '';
  isOver = false;
  private readonly leaving = new AbortController();
  private response: Response | null = null;

  async open(url: string, headers: Record<string, string>, body: object): Promise<Response> {
    this.response = await fetch(`${url}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: JSON.stringify(body),
      signal: this.leaving.signal,
    });
    return this.response;
  }

  /** Reads from now on. */
  read(): this {
    const take = async (): Promise<void> => {
      const decoder = new TextDecoder();
      for await (const chunk of this.response?.body ?? [])
        this.text += decoder.decode(chunk, { stream: true });
    };
    void take()
      .catch(() => undefined)
      .finally(() => (this.isOver = true));
    return this;
  }

  leave(): void {
    this.leaving.abort();
  }

  get events(): readonly StreamEvent[] {
    return this.text
      .split('\n\n')
      .slice(0, -1)
      .map(eventOf)
      .filter(({ event }) => event !== '');
  }

  async until(fits: (events: readonly StreamEvent[]) => boolean): Promise<readonly StreamEvent[]> {
    await eventually(() => fits(this.events));
    return this.events;
  }

  async whole(): Promise<readonly StreamEvent[]> {
    await eventually(() => this.isOver);
    return this.events;
  }
}

const eventOf = (block: string): StreamEvent => {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()] as const;
    }),
  );
  const data = fields.get('data') ?? '';
  return {
    event: fields.get('event') ?? '',
    id: fields.get('id') ?? null,
    data: data === '' ? null : JSON.parse(data),
  };
};
