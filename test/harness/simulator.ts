/** What Meta's double accepted. */
export type Accepted = {
  readonly provider: 'whatsapp' | 'twilio';
  readonly wamid: string;
  readonly to: string;
  readonly type: string;
  readonly text: string | null;
  readonly callbackData: string | null;
  readonly answered: boolean;
  readonly statuses: readonly { readonly status: string; readonly delivered: boolean }[];
};

/** What Twilio's double accepted. */
export type AcceptedSms = {
  readonly sid: string;
  /** Our number, E.164. */
  readonly from: string;
  /** Digits. */
  readonly to: string;
  readonly text: string;
  /** The address that its receipts go to. */
  readonly callbackData: string;
  readonly answered: boolean;
  readonly segments: number;
};

/** The SMS between a customer and our number, oldest first, as the phone shows them. */
export type SmsThread = {
  readonly messages: readonly { readonly from: 'customer' | 'business'; readonly text: string }[];
  readonly optedOut: boolean;
};

export type WrittenSms = { readonly sid: string; readonly delivered: boolean };

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
  /** A file of the phone's: voice, image, document, sticker. */
  readonly media?: string;
  readonly name?: string;
};

export type Mood = 'normal' | { readonly [name: string]: unknown };
type Outbox<T> = { readonly messages: readonly (T & { readonly provider: string })[] };
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

  async mood(whatsapp: Mood): Promise<void> {
    await this.ask('POST', '/moods', { whatsapp });
  }

  async twilioMood(twilio: Mood): Promise<void> {
    await this.ask('POST', '/moods', { twilio });
  }

  /** A customer sends an SMS to our number; resolves when Twilio's double has tried to deliver it. */
  async texts(from: string, text: string, id?: string): Promise<WrittenSms> {
    return this.ask<WrittenSms>('POST', `/phones/${from}/sms`, { text, ...(id && { id }) });
  }

  async smsThread(from: string): Promise<SmsThread> {
    return this.ask<SmsThread>('GET', `/phones/${from}/sms`);
  }

  async releaseReceipts(): Promise<number> {
    return (await this.ask<{ released: number }>('POST', '/receipts/release', {})).released;
  }

  async heldReceipts(): Promise<number> {
    return (await this.ask<{ held: number }>('GET', '/moods')).held;
  }

  /** Everything that Meta's double accepted for a customer, oldest first. */
  outbox(to?: string): Promise<readonly Accepted[]> {
    return this.accepted<Accepted>('whatsapp', to);
  }

  /** Everything that Twilio's double accepted for a customer, oldest first. */
  smsOutbox(to?: string): Promise<readonly AcceptedSms[]> {
    return this.accepted<AcceptedSms>('twilio', to);
  }

  async phones(): Promise<readonly Phone[]> {
    return (await this.ask<{ phones: readonly Phone[] }>('GET', '/phones')).phones;
  }

  private async accepted<T extends { readonly to: string }>(
    provider: string,
    to: string | undefined,
  ): Promise<readonly T[]> {
    const { messages } = await this.ask<Outbox<T>>('GET', '/outbox?limit=1000');
    return messages.filter(
      (each) => each.provider === provider && (to === undefined || each.to === to),
    );
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
