import type { Instant, Json } from '#kernel';
import { limits } from './limits.js';

export type SentReceipt = {
  readonly status: string;
  readonly at: Instant;
  readonly errorCode: number | null;
  /** Whether the webhook has answered 200 to it. */
  readonly delivered: boolean;
};

/** A message that a double accepted. */
export type Accepted = {
  /** From 1, without gaps. */
  readonly index: number;
  readonly provider: 'whatsapp';
  readonly wamid: string;
  readonly phoneNumberId: string;
  /** Digits of a number, or a business-scoped user id. */
  readonly to: string;
  readonly type: string;
  /** Null for what is no text. */
  readonly text: string | null;
  readonly callbackData: string | null;
  readonly acceptedAt: Instant;
  /** False when the answer was lost on purpose. */
  readonly answered: boolean;
  readonly windowOpen: boolean;
  readonly statuses: readonly SentReceipt[];
};

export type Outbox = {
  readonly add: (accepted: Omit<Accepted, 'index' | 'statuses'>) => Accepted;
  readonly findByWamid: (wamid: string) => Accepted | undefined;
  /** The newest with this callback data. */
  readonly findByCallbackData: (callbackData: string) => Accepted | undefined;
  readonly receiptSent: (wamid: string, receipt: SentReceipt) => void;
  readonly page: (after: number, limit: number) => Json;
  readonly newest: () => number;
};

export const createOutbox = (): Outbox => {
  const byIndex = new Map<number, Accepted>();
  const indexOfWamid = new Map<string, number>();
  const wamidOfCallback = new Map<string, string>();
  let newest = 0;

  const forgetOldest = (): void => {
    const old = byIndex.get(newest - limits.outboxMax);
    if (old === undefined) return;
    byIndex.delete(old.index);
    indexOfWamid.delete(old.wamid);
    if (old.callbackData !== null && wamidOfCallback.get(old.callbackData) === old.wamid)
      wamidOfCallback.delete(old.callbackData);
  };
  const findByWamid = (wamid: string): Accepted | undefined =>
    byIndex.get(indexOfWamid.get(wamid) ?? 0);

  return {
    add: (accepted) => {
      newest += 1;
      const entry: Accepted = { ...accepted, index: newest, statuses: [] };
      byIndex.set(newest, entry);
      indexOfWamid.set(entry.wamid, newest);
      if (entry.callbackData !== null) wamidOfCallback.set(entry.callbackData, entry.wamid);
      forgetOldest();
      return entry;
    },
    findByWamid,
    findByCallbackData: (callbackData) => findByWamid(wamidOfCallback.get(callbackData) ?? ''),
    receiptSent: (wamid, receipt) => {
      const entry = findByWamid(wamid);
      if (entry !== undefined)
        byIndex.set(entry.index, {
          ...entry,
          statuses: [...entry.statuses, receipt].slice(-limits.receiptsPerMessageMax),
        });
    },
    page: (after, limit) => {
      const first = Math.max(after + 1, newest - limits.outboxMax + 1, 1);
      const messages: Accepted[] = [];
      for (let index = first; index <= newest && messages.length < limit; index += 1) {
        const entry = byIndex.get(index);
        if (entry !== undefined) messages.push(entry);
      }
      const last = messages.at(-1)?.index ?? after;
      return { messages, next: last < newest ? last : null, newest };
    },
    newest: () => newest,
  };
};
