import { isErased, type ContactId, type NumberId, type OrganisationId } from '#kernel';
import type { SmsRequest } from '#channels/sms';
import { withCode } from '../domain/bridge.js';
import { writeCallbackData } from '../domain/callback-data.js';
import type { DispatchStarted } from '../domain/events.js';
import { ownFailure, type Failure } from '../domain/failure.js';
import { smsFailure } from '../domain/sms.js';
import { writeStatusQuery } from '../domain/status-query.js';
import type { Outbound } from '../domain/outbound.js';
import type { Thread } from '../domain/thread.js';

/** The two ends of an SMS, E.164; null where there is none. */
export type SmsEnds = { readonly from: string | null; readonly to: string | null };

/** Facts of other streams that an SMS needs, and what it leaves in them. */
export interface SmsAddressees {
  ends(organisation: OrganisationId, contact: ContactId, number: NumberId): Promise<SmsEnds>;
  /** The portal code of a bridge: computed, the same each time. */
  portalCode(bridgeId: string): string;
  /** Where receipts go, without a query. */
  statusUrl(): string;
  fingerprint(organisation: OrganisationId, sid: string): Promise<string>;
}

export type SmsRequestOrNot =
  | { readonly kind: 'request'; readonly request: SmsRequest }
  | { readonly kind: 'impossible'; readonly failure: Failure };

type Place = {
  readonly organisationId: OrganisationId;
  readonly thread: Thread;
  readonly dispatch: Pick<DispatchStarted['data'], 'conversationId' | 'messageId' | 'attempt'>;
};

/** The call that sends an SMS, or why there is none to make. */
export const smsRequest = async (
  addressees: SmsAddressees,
  { organisationId, thread, dispatch }: Place,
): Promise<SmsRequestOrNot> => {
  const { conversationId, messageId, attempt } = dispatch;
  const message = thread.outbound.get(messageId);
  const text = message && textOf(addressees, messageId, message);
  const { contactId, numberId } = thread;
  if (!text || !contactId || !numberId) return { kind: 'impossible', failure: wordsGone };
  const { from, to } = await addressees.ends(organisationId, contactId, numberId);
  if (to === null) return { kind: 'impossible', failure: smsFailure('no_phone') };
  if (from === null) return { kind: 'impossible', failure: smsFailure('no_sms_number') };
  const [threadPart = ''] = conversationId.split('.');
  const callback = writeCallbackData({ thread: threadPart, message: messageId, attempt });
  const query = writeStatusQuery({ organisation: organisationId, attempt: callback });
  const statusCallback = `${addressees.statusUrl()}?${query}`;
  return { kind: 'request', request: { from, to, text, statusCallback } };
};

const wordsGone = ownFailure('content_missing', 'The words of this message are no longer there.');

/** The words as they leave; a bridge gets its code only here. */
const textOf = (
  addressees: SmsAddressees,
  messageId: string,
  { content, causedBy }: Outbound,
): string | null => {
  if (content === null || isErased(content) || content.kind !== 'text') return null;
  return causedBy === null
    ? content.text
    : withCode(content.text, addressees.portalCode(messageId));
};
