import type { DomainEvent, Instant, Personal } from '#kernel';
import { event, type EventCatalogue } from '#event-store';

/**
 * Where a body came from: deliveries of Meta, what customers send by SMS, Twilio's status callbacks,
 * and messages that we found ourselves in Twilio's list. No hyphen: streams are named after it.
 */
export type WebhookSource = 'whatsapp' | 'sms' | 'smsstatus' | 'smslist';

/** How a body is packed: not at all, or by DEFLATE (RFC 1951), which is worth it for large ones. */
export type BodyCoding = 'none' | 'deflate';

/** A provider delivered a signed body. It is kept raw, sealed, and understood afterwards. */
export type WebhookReceived = DomainEvent<
  'WebhookReceived',
  {
    readonly source: WebhookSource;
    /** The bytes as they came, packed as `coding` says, base64. */
    readonly body: Personal<string>;
    readonly coding: BodyCoding;
    /** Of the address that was called, without its `?`: ids of ours, and nothing personal. */
    readonly query: string;
  }
>;

/** Twilio's list of messages has been read, and kept, up to an instant. */
export type SmsListRead = DomainEvent<
  'SmsListRead',
  {
    /** When the reading began: what Twilio listed until then has been kept. */
    readonly until: Instant;
  }
>;

export type WebhookEvent = WebhookReceived | SmsListRead;

export const webhookCatalogue: EventCatalogue<WebhookEvent> = {
  WebhookReceived: {
    version: 2,
    personal: ['body'],
    upcasters: [(unpacked) => ({ ...unpacked, coding: 'none' })],
  },
  SmsListRead: event(),
};
