import { setTimeout as wait } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Client } from './client.js';
import { eventually } from './eventually.js';
import { Talk } from './talk.js';
import { delivery, messagesChange, textItem } from './webhook.js';

/** Between two messages of one side, and before somebody who was refused asks the same again. */
const thinksMs = 150;
const greeting = 'Hello';

/** What a customer or a member has asked for, and whether anybody has said yes to it. */
export type Asked = { readonly text: string; acknowledged: boolean; messageId?: string };
type Side = 'inbound' | 'outbound';
type Thread = { readonly id: string; readonly inbound: Asked[]; readonly outbound: Asked[] };

const directions = [
  ['inbound', 'INBOUND'],
  ['outbound', 'OUTBOUND'],
] as const;

const seconds = (): number => Math.floor(Date.now() / 1000);

/**
 * Customers and a member of the staff who talk all the time, each message after the one before was
 * acknowledged, and remember what was.
 */
export class Load {
  /** How long it took to be told no, of everything that was. */
  readonly refusedMs: number[] = [];
  private readonly threads = new Map<string, Thread>();

  /** `client`: whom the next request goes to. */
  constructor(private readonly client: () => Client) {}

  get customers(): readonly string[] {
    return [...this.threads.keys()];
  }

  /** Resolves once each of them has a conversation. */
  async begins(customers: readonly string[]): Promise<void> {
    for (const phone of customers) {
      await this.delivers(phone, { text: greeting, acknowledged: false });
      const talk = this.talk();
      const { id } = await eventually(`a conversation with ${phone}`, () =>
        talk.conversationWith(phone),
      );
      this.threads.set(phone, { id, inbound: [], outbound: [] });
    }
  }

  /** Both sides of every talk speak, until so many were acknowledged or nobody answers any more. */
  async speaks(acknowledgements: number, onEnough: () => unknown): Promise<void> {
    let left = acknowledgements;
    const isOver = (): boolean => left <= 0;
    await this.everywhere(async (phone, side) => {
      while (!isOver() && (await this.saysOn(phone, side))) {
        left -= 1;
        if (left === 0) onEnough();
      }
    });
  }

  /**
   * They speak while it is `going`, and ask again whatever is refused. While it is `ending` only what is
   * still open is asked again; once it is `off`, nothing.
   */
  async persists(stage: () => 'going' | 'ending' | 'off'): Promise<void> {
    await this.everywhere(async (phone, side) => {
      const said = this.of(phone)[side];
      const isOpen = (): boolean => said.at(-1)?.acknowledged === false;
      while (stage() === 'going' || (stage() === 'ending' && isOpen()))
        await Promise.all([this.saysOn(phone, side), wait(thinksMs)]);
    });
  }

  /** Resolves once so many more have been acknowledged, while others have them speak. */
  async hears(acknowledgements: number): Promise<void> {
    const enough = this.acknowledged + acknowledgements;
    await eventually('acknowledgements', () => this.acknowledged >= enough);
  }

  /** What somebody else has sent in one of the conversations belongs to it, too. */
  alsoSent(phone: string, messages: readonly Asked[]): void {
    this.of(phone).outbound.push(...messages);
  }

  /** What had no answer is asked again, with the same key, and must be accepted. */
  async sendsAgain(): Promise<void> {
    for (const phone of this.customers)
      for (const message of this.of(phone).outbound)
        if (!message.acknowledged) await this.sends(phone, message);
  }

  conversationOf(phone: string): string {
    return this.of(phone).id;
  }

  sentTo(phone: string): readonly Asked[] {
    return this.of(phone).outbound;
  }

  heardFrom(phone: string): readonly Asked[] {
    return this.of(phone).inbound;
  }

  get acknowledged(): number {
    const all = [...this.threads.values()].flatMap(({ inbound, outbound }) => [inbound, outbound]);
    return all.flat().filter(({ acknowledged }) => acknowledged).length;
  }

  /** Everything that was acknowledged is shown, and at most what was asked beyond it: once, in order. */
  async isWhole(): Promise<void> {
    for (const phone of this.customers)
      for (const [side, direction] of directions) await this.isShown(phone, side, direction);
  }

  private async isShown(phone: string, side: Side, direction: string): Promise<void> {
    const asked = this.of(phone)[side];
    const acknowledged = asked.filter((each) => each.acknowledged);
    const talk = this.talk();
    const shown = await eventually(`what was acknowledged ${direction} of ${phone}`, async () => {
      const all = (await talk.messages(this.of(phone).id)).filter(
        (message) => message.direction === direction,
      );
      const texts = all.map(({ content }) => content.text).filter((text) => text !== greeting);
      const missing = acknowledged.filter(({ text }) => !texts.includes(text));
      if (missing.length > 0) throw new Error(missing.map(({ text }) => text).join());
      return texts;
    });
    expect(shown).toEqual(asked.slice(0, shown.length).map(({ text }) => text));
  }

  private async everywhere(speak: (phone: string, side: Side) => Promise<void>): Promise<void> {
    const sides = this.customers.flatMap((phone) => [
      speak(phone, 'inbound'),
      speak(phone, 'outbound'),
    ]);
    await Promise.all(sides);
  }

  /** The next message, or the last one again; whether it was acknowledged. */
  private async saysOn(phone: string, side: Side): Promise<boolean> {
    const said = this.of(phone)[side];
    const last = said.at(-1);
    const next: Asked =
      last && !last.acknowledged ? last : { text: `${side} ${said.length}`, acknowledged: false };
    if (next !== last) said.push(next);
    const sinceMs = performance.now();
    try {
      await (side === 'inbound' ? this.delivers(phone, next) : this.sends(phone, next));
    } catch {
      this.refusedMs.push(performance.now() - sinceMs);
    }
    return next.acknowledged;
  }

  /** As Meta does: the same item again until it was taken. */
  private async delivers(phone: string, message: Asked): Promise<void> {
    const client = this.client();
    const id = `wamid.${phone}.${message.text}`;
    const item = textItem({ from: phone, id, timestamp: seconds(), text: message.text });
    const body = delivery([messagesChange(client.demo.number.phoneNumberId, [item])]);
    const { status } = await client.deliver(body);
    if (status !== 200) throw new Error(`the delivery was answered ${status}`);
    message.acknowledged = true;
  }

  /** As a client does: the same key again until there was an answer. */
  private async sends(phone: string, message: Asked): Promise<void> {
    const idempotencyKey = `${phone} ${message.text}`;
    const { id } = this.of(phone);
    const sent = await this.talk().sends(id, message.text, { idempotencyKey });
    if (sent.refusal !== null || sent.message === null) throw new Error(sent.refusal?.code);
    message.acknowledged = true;
    message.messageId = sent.message.id;
  }

  private talk(): Talk {
    return new Talk(this.client());
  }

  private of(phone: string): Thread {
    const thread = this.threads.get(phone);
    if (thread === undefined) throw new Error(`${phone} has not begun`);
    return thread;
  }
}
