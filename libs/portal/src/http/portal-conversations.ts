import type { Instant } from '#kernel';
import type { PortalThread } from '../domain/events.js';

/** What the portal asks of the conversations; the app brings the two together. */
export const PORTAL_CONVERSATIONS = Symbol('PortalConversations');

export type PortalMessage = {
  readonly id: string;
  readonly from: 'customer' | 'business';
  /** What is to be read: a word for what is no text, `[erased]` for what is gone. */
  readonly text: string;
  readonly at: Instant;
  readonly channel: 'WHATSAPP' | 'SMS' | 'PORTAL';
  /** As its sender would see it. */
  readonly status: 'PENDING' | 'SENT' | 'DELIVERED' | 'READ' | 'FAILED';
};

export type PortalPage = {
  readonly businessName: string;
  /** `https://wa.me/…` of the business's number; null when it has none. */
  readonly whatsAppUrl: string | null;
  /** The newest of the thread, oldest first; never those of another thread. */
  readonly messages: readonly PortalMessage[];
  /** Where `follow` goes on; null: from now on. */
  readonly cursor: string | null;
};

/** A message that came or changed. Told again, it says the same. */
export type PortalChange = { readonly cursor: string; readonly message: PortalMessage };

export type PortalWritten = 'written' | 'busy';

/** A cursor that leads nowhere any more: show the page anew. */
export class CursorUnknown extends Error {
  override readonly name = 'CursorUnknown';
}

/** A customer's own thread, to be read, written in and followed. */
export interface PortalConversations {
  /** Includes whatever `write` has answered 'written' to. */
  page(thread: PortalThread): Promise<PortalPage>;

  /**
   * Takes down what the customer wrote; after the end it starts the next conversation of the thread.
   * The same key again writes nothing more and answers the same. 'busy': nothing was written, try
   * again.
   */
  write(thread: PortalThread, text: string, key: string): Promise<PortalWritten>;

  /**
   * Each change after `after` (null: from now on), in order, for as long as `signal` lets it; ends
   * without an error when that aborts. Throws CursorUnknown.
   */
  follow(
    thread: PortalThread,
    after: string | null,
    signal: AbortSignal,
  ): AsyncIterable<PortalChange>;
}
