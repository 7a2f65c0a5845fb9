import type { Instant, Json } from '#kernel';
import { limits } from './limits.js';

export type SentReceipt = {
  readonly status: string;
  readonly at: Instant;
  readonly errorCode: number | null;
  /** Whether the webhook has answered 200 to it. */
  readonly delivered: boolean;
};

type Common = {
  /** From 1, without gaps. */
  readonly index: number;
  /** Digits of a number, or a business-scoped user id. */
  readonly to: string;
  readonly type: string;
  /** Null for what is no text. */
  readonly text: string | null;
  /** What comes back with every receipt: for an SMS the address that they go to. */
  readonly callbackData: string | null;
  readonly acceptedAt: Instant;
  /** False when the answer was lost on purpose. */
  readonly answered: boolean;
  readonly statuses: readonly SentReceipt[];
};

export type WhatsAppAccepted = Common & {
  readonly provider: 'whatsapp';
  readonly wamid: string;
  readonly phoneNumberId: string;
  /** What Meta bills it as: service, utility. */
  readonly category: string;
  readonly windowOpen: boolean;
};

export type SmsAccepted = Common & {
  readonly provider: 'twilio';
  readonly sid: string;
  /** Our number, E.164. */
  readonly from: string;
  readonly segments: number;
};

/** A message that a double accepted. */
export type Accepted = WhatsAppAccepted | SmsAccepted;

type Added<Kind extends Accepted> = Omit<Kind, 'index' | 'statuses'>;

export type Outbox = {
  readonly addWhatsApp: (accepted: Added<WhatsAppAccepted>) => WhatsAppAccepted;
  readonly addSms: (accepted: Added<SmsAccepted>) => SmsAccepted;
  readonly findByWamid: (wamid: string) => WhatsAppAccepted | undefined;
  /** The newest of WhatsApp's with this callback data. */
  readonly findByCallbackData: (callbackData: string) => WhatsAppAccepted | undefined;
  /** By the provider's id: a wamid or a sid. */
  readonly receiptSent: (id: string, receipt: SentReceipt) => void;
  readonly page: (after: number, limit: number) => Json;
  readonly newest: () => number;
};

const idOf = (accepted: Accepted): string =>
  accepted.provider === 'whatsapp' ? accepted.wamid : accepted.sid;

export const createOutbox = (): Outbox => {
  const byIndex = new Map<number, Accepted>();
  const indexOfId = new Map<string, number>();
  const wamidOfCallback = new Map<string, string>();
  let newest = 0;

  const forgetOldest = (): void => {
    const old = byIndex.get(newest - limits.outboxMax);
    if (old === undefined) return;
    byIndex.delete(old.index);
    indexOfId.delete(idOf(old));
    if (old.callbackData !== null && wamidOfCallback.get(old.callbackData) === idOf(old))
      wamidOfCallback.delete(old.callbackData);
  };
  const find = (id: string): Accepted | undefined => byIndex.get(indexOfId.get(id) ?? 0);
  const findByWamid = (wamid: string): WhatsAppAccepted | undefined => {
    const found = find(wamid);
    return found?.provider === 'whatsapp' ? found : undefined;
  };
  const add = <Kind extends Accepted>(accepted: Kind): Kind => {
    byIndex.set(newest, accepted);
    indexOfId.set(idOf(accepted), newest);
    forgetOldest();
    return accepted;
  };

  return {
    addWhatsApp: (accepted) => {
      newest += 1;
      if (accepted.callbackData !== null)
        wamidOfCallback.set(accepted.callbackData, accepted.wamid);
      return add({ ...accepted, index: newest, statuses: [] });
    },
    addSms: (accepted) => {
      newest += 1;
      return add({ ...accepted, index: newest, statuses: [] });
    },
    findByWamid,
    findByCallbackData: (callbackData) => findByWamid(wamidOfCallback.get(callbackData) ?? ''),
    receiptSent: (id, receipt) => {
      const entry = find(id);
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
