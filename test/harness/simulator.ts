/** What Meta's double accepted. */
export type Accepted = {
  readonly wamid: string;
  readonly to: string;
  readonly type: string;
  readonly text: string | null;
  readonly callbackData: string | null;
  readonly answered: boolean;
  readonly statuses: readonly { readonly status: string; readonly delivered: boolean }[];
};

export type Written = {
  readonly wamid: string;
  readonly timestamp: string;
  readonly delivered: boolean;
};

export type Said = {
  readonly to?: string;
  readonly timestamp?: string;
  readonly id?: string;
  readonly type?: string;
  readonly payload?: unknown;
};

type Phone = { readonly from: string; readonly seenAt: string | null };
type Move =
  { readonly advance: string } | { readonly to: string } | { readonly freeze: boolean | string };

/** The phones, the clock, the moods and the outbox of the simulator, over HTTP. */
export class Simulator {
  constructor(private readonly url: () => string) {}

  /** A customer writes; resolves when the webhook has taken it. */
  async writes(from: string, text: string | null, said: Said = {}): Promise<Written> {
    const body = { ...(text === null ? {} : { text }), ...said };
    const answer = await this.ask<Written>('POST', `/phones/${from}/messages`, body);
    if (!answer.delivered) throw new Error(`not delivered: ${JSON.stringify(answer)}`);
    return answer;
  }

  async moves(move: Move): Promise<string> {
    return (await this.ask<{ now: string }>('POST', '/clock', move)).now;
  }

  async now(): Promise<string> {
    return (await this.ask<{ now: string }>('GET', '/clock')).now;
  }

  async mood(whatsapp: 'normal' | { readonly [name: string]: unknown }): Promise<void> {
    await this.ask('POST', '/moods', { whatsapp });
  }

  async releaseReceipts(): Promise<number> {
    return (await this.ask<{ released: number }>('POST', '/receipts/release', {})).released;
  }

  async heldReceipts(): Promise<number> {
    return (await this.ask<{ held: number }>('GET', '/moods')).held;
  }

  /** Everything the double accepted for a customer, oldest first. */
  async outbox(to?: string): Promise<readonly Accepted[]> {
    const { messages } = await this.ask<{ messages: readonly Accepted[] }>(
      'GET',
      '/outbox?limit=1000',
    );
    return messages.filter((each) => to === undefined || each.to === to);
  }

  async phones(): Promise<readonly Phone[]> {
    return (await this.ask<{ phones: readonly Phone[] }>('GET', '/phones')).phones;
  }

  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url()}/simulator${path}`, {
      method,
      ...(body && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer as T;
  }
}
