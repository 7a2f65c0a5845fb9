import {
  isJsonObject,
  messageId,
  threadId,
  type Instant,
  type NotYet,
  type ThreadId,
} from '#kernel';
import type { StatusItem } from '#channels/whatsapp';
import { classify } from '#channels/whatsapp';
import type { BridgeTerms } from '../domain/bridge.js';
import type { RecordReceipt } from '../domain/decisions/record-receipt.js';
import type { Failure } from '../domain/failure.js';
import { providerFailure } from '../domain/provider-failure.js';
import { readCallbackData } from '../domain/callback-data.js';
import { receiptOfUnknown, receipts } from './provider-receipts.js';

export type InboundReceipt = {
  /** The thread that our callback data names; null when it has to be found by the customer. */
  readonly threadId: ThreadId | null;
  readonly isFailed: boolean;
  /** `terms` for one that failed; any other needs none. */
  readonly command: (terms: BridgeTerms | null) => RecordReceipt;
  /** What to throw when the thread does not know the message. */
  readonly unknownYet: NotYet;
};

/** The wish that a status webhook is. Callback data that is not ours is ignored. */
export const inboundReceipt = (
  item: StatusItem,
  fingerprint: string,
  at: Instant,
): InboundReceipt => {
  const ours = item.callbackData === undefined ? null : readCallbackData(item.callbackData);
  return {
    threadId: ours && threadId(ours.thread),
    isFailed: item.status === 'failed',
    command: (terms) => ({
      type: 'RecordReceipt',
      at,
      attempt: ours && { messageId: messageId(ours.message), number: ours.attempt },
      fingerprint,
      receipt: receipts[item.status],
      receiptAt: item.at,
      failed: terms && { failure: failureOf(item), terms },
      pricing: isJsonObject(item.pricing) ? item.pricing : null,
    }),
    unknownYet: receiptOfUnknown(),
  };
};

const failureOf = ({ error }: StatusItem): Failure => {
  const told = error ?? { code: 'none', title: null, message: null, details: null };
  return providerFailure({ error: told, errorClass: classify(told) }, 'WhatsApp');
};
