import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { instant } from '#kernel';
import type { PortalThread } from '../domain/events.js';
import {
  CursorUnknown,
  type PortalChange,
  type PortalConversations,
  type PortalMessage,
  type PortalPage,
  type PortalWritten,
} from '../http/portal-conversations.js';

type Kept = { readonly threadId: string; readonly message: PortalMessage };

const firstMs = Date.UTC(2026, 2, 2, 9);
const stepMs = 61_000;

/** Conversations in memory: every change in one list, whose length is the cursor. */
export class MemoryConversations implements PortalConversations {
  businessName = 'Acme Motors';
  /** What the next write answers, when it is not to be taken. */
  refusal: Exclude<PortalWritten, 'written'> | null = null;
  private readonly changes: Kept[] = [];
  private readonly keys = new Set<string>();
  private readonly news = new EventEmitter().setMaxListeners(0);

  /** Something that somebody said, or that a message became. */
  tell({ threadId }: PortalThread, message: Partial<PortalMessage>): PortalMessage {
    const count = this.changes.length;
    const told: PortalMessage = {
      id: `m${count}`,
      from: 'business',
      text: 'Your car is ready.',
      at: instant(firstMs + count * stepMs),
      channel: 'WHATSAPP',
      status: 'DELIVERED',
      ...message,
    };
    this.changes.push({ threadId, message: told });
    this.news.emit('news');
    return told;
  }

  async page({ threadId }: PortalThread): Promise<PortalPage> {
    const own = this.changes.filter((change) => change.threadId === threadId);
    const messages = [...new Map(own.map(({ message }) => [message.id, message])).values()];
    const whatsAppUrl = 'https://wa.me/447700900123';
    return { businessName: this.businessName, whatsAppUrl, messages, cursor: this.cursor() };
  }

  async write(thread: PortalThread, text: string, key: string): Promise<PortalWritten> {
    if (this.refusal !== null) return this.refusal;
    const known = `${thread.threadId} ${key}`;
    if (this.keys.has(known)) return 'written';
    this.keys.add(known);
    this.tell(thread, { from: 'customer', text, channel: 'PORTAL', status: 'SENT' });
    return 'written';
  }

  async *follow(
    { threadId }: PortalThread,
    after: string | null,
    signal: AbortSignal,
  ): AsyncIterable<PortalChange> {
    let next = after === null ? this.changes.length : this.placeOf(after);
    while (!signal.aborted) {
      const change = this.changes[next];
      if (change === undefined) {
        await once(this.news, 'news', { signal }).catch(() => undefined);
        continue;
      }
      next += 1;
      if (change.threadId === threadId) yield { cursor: `c${next}`, message: change.message };
    }
  }

  private cursor(): string {
    return `c${this.changes.length}`;
  }

  private placeOf(cursor: string): number {
    const place = /^c(\d{1,9})$/.exec(cursor)?.[1];
    if (place === undefined || Number(place) > this.changes.length) throw new CursorUnknown();
    return Number(place);
  }
}
