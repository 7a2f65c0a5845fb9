import { messageId, type ContactId, type Instant, type NumberId, type ThreadId } from '#kernel';
import type { BridgeTerms } from '../domain/bridge.js';
import { readCallbackData } from '../domain/callback-data.js';
import type { MessageContent } from '../domain/content.js';
import type { ReceiveCustomerMessage } from '../domain/decisions/receive-customer-message.js';
import type { RecordReceipt } from '../domain/decisions/record-receipt.js';
import { ownFailure, type Failure } from '../domain/failure.js';
import { providerFailure } from '../domain/provider-failure.js';
import type { SmsMessageItem, SmsReceiptItem } from '../domain/sms-item.js';
import { inboundMessageId } from './inbound-message.js';
import { receiptOfUnknown, receipts } from './provider-receipts.js';

type Place = {
  readonly threadId: ThreadId;
  readonly contactId: ContactId;
  readonly numberId: NumberId;
  readonly at: Instant;
  readonly receivedAt: Instant;
  readonly fingerprint: string;
};

/** The wish that an inbound SMS is. It opens no window: that is WhatsApp's alone. */
export const inboundSms = (item: SmsMessageItem, place: Place): ReceiveCustomerMessage => ({
  type: 'ReceiveCustomerMessage',
  ...place,
  messageId: inboundMessageId(place.fingerprint),
  channel: 'SMS',
  providerMessageId: item.sid,
  content: contentOf(item),
  quotedFingerprint: null,
  claimedAt: item.sentAt,
  opensWindow: false,
});

/** A picture without words must not look like nothing. */
const contentOf = ({ text, mediaCount }: SmsMessageItem): MessageContent =>
  text === '' && mediaCount > 0
    ? { kind: 'unsupported', type: 'mms', raw: { mediaCount } }
    : { kind: 'text', text, extras: mediaCount > 0 ? { mediaCount } : {} };

/** The wish that a receipt of an SMS is, and what to throw when its message is not known yet. */
export const smsReceipt = (item: SmsReceiptItem, fingerprint: string, at: Instant) => {
  const ours = item.place && readCallbackData(item.place.attempt);
  const command = (terms: BridgeTerms): RecordReceipt => ({
    type: 'RecordReceipt',
    at,
    attempt: ours && { messageId: messageId(ours.message), number: ours.attempt },
    fingerprint,
    receipt: receipts[item.status],
    receiptAt: item.at,
    failed: item.status === 'failed' ? { failure: failureOf(item), terms } : null,
    pricing: item.pricing,
  });
  return { command, unknownYet: receiptOfUnknown() };
};

const failureOf = ({ error }: SmsReceiptItem): Failure =>
  error
    ? providerFailure(error, 'SMS')
    : ownFailure('delivery_failed', 'The SMS was not delivered.');
