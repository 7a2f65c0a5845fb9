import { epochMs, type Instant, type JsonObject } from '#kernel';
import type { EventStore, EventToAppend } from '#event-store';
import { Broken } from '../machine/machine.js';

/** One attempt of one of our messages, as our own words in the request name it. */
export type Attempt = {
  readonly threadId: string;
  readonly messageId: string;
  readonly attempt: number;
};

/** `1.<thread>.<message>.<attempt>`. */
export const attemptOf = (callbackData: string): Attempt => {
  const [, threadId = '', messageId = '', attempt = ''] = callbackData.split('.');
  return { threadId, messageId, attempt: Number(attempt) };
};

export type Acceptance = Attempt & {
  readonly channel: 'WHATSAPP' | 'SMS';
  readonly phone: string;
  readonly providerId: string;
  readonly atMs: number;
};

type Told = { readonly receipt: string; readonly providerId: string };

/** What the facts that are looked at hold in clear. */
type Written = Attempt & {
  readonly conversationId: string;
  readonly outcome: string;
  readonly request: JsonObject | null;
};

const dayMs = 24 * 60 * 60 * 1_000;

/**
 * What really happened, kept by nobody in the system: which messages the providers took, and what
 * was decided about them, as the log's disk saw it.
 */
export class Ledger {
  readonly acceptances: Acceptance[] = [];
  /** By message: what its receipts told, in whatever order. */
  readonly receipts = new Map<string, (Attempt & Told)[]>();
  readonly #startedAtMs = new Map<string, number>();
  readonly #resends = new Map<string, number>();
  readonly #conversations: string[] = [];
  readonly #bridges = new Map<string, { readonly messageId: string; readonly atMs: number }>();

  get conversations(): readonly string[] {
    return this.#conversations;
  }

  /** The disk, with somebody looking over its shoulder. */
  watched(store: EventStore): EventStore {
    return {
      append: async (stream, expected, events) => {
        const before = (await store.head()) ?? '';
        const appended = await store.append(stream, expected, events);
        if (appended.position > before) for (const event of events) this.#written(event);
        return appended;
      },
      readStream: (stream, options) => store.readStream(stream, options),
      readAll: (options) => store.readAll(options),
      subscribe: (options) => store.subscribe(options),
      head: () => store.head(),
      epoch: () => store.epoch(),
      getStreamMetadata: (stream) => store.getStreamMetadata(stream),
      setStreamMetadata: (stream, metadata) => store.setStreamMetadata(stream, metadata),
      deleteStream: (stream, deletion) => store.deleteStream(stream, deletion),
      close: () => store.close(),
    };
  }

  /** By the domain's clock; null when nobody wrote that it was started. */
  startedAtMs({ messageId, attempt }: Attempt): number | null {
    return this.#startedAtMs.get(`${messageId}.${attempt}`) ?? null;
  }

  /** A provider takes a message. Throws Broken when it has it already and nobody asked again. */
  accept(acceptance: Acceptance): void {
    const { messageId } = acceptance;
    this.acceptances.push(acceptance);
    const count = this.acceptedOf(messageId).length;
    const allowed = 1 + (this.#resends.get(messageId) ?? 0);
    if (count > allowed)
      throw new Broken('P9', `${messageId} was accepted ${count} times, ${allowed} were asked for`);
  }

  acceptedOf(messageId: string): readonly Acceptance[] {
    return this.acceptances.filter((acceptance) => acceptance.messageId === messageId);
  }

  /** Throws Broken when the customer had another one less than 24 hours ago. */
  bridge(phone: string, messageId: string, atMs: number): void {
    const before = this.#bridges.get(phone);
    if (before && before.messageId !== messageId && atMs - before.atMs < dayMs)
      throw new Broken('P13', `${phone} got two bridges within ${atMs - before.atMs} ms`);
    this.#bridges.set(phone, { messageId, atMs });
  }

  receipt(attempt: Attempt, told: Told): void {
    const all = this.receipts.get(attempt.messageId) ?? [];
    this.receipts.set(attempt.messageId, [...all, { ...attempt, ...told }]);
  }

  #written({ type, data, metadata }: EventToAppend): void {
    const { messageId, attempt, conversationId, outcome, request } = data as Partial<Written>;
    if (conversationId !== undefined && type === 'ConversationStarted')
      this.#conversations.push(conversationId);
    if (messageId === undefined) return;
    if (type === 'DispatchStarted')
      this.#startedAtMs.set(`${messageId}.${attempt}`, epochMs(metadata.occurredAt as Instant));
    if (type === 'DispatchResolved' && outcome === 'SEND_AGAIN' && request !== null)
      this.#resends.set(messageId, (this.#resends.get(messageId) ?? 0) + 1);
  }
}
