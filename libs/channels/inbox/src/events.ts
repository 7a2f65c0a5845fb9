import type { DomainEvent, Personal } from '#kernel';
import { event, type EventCatalogue } from '#event-store';

/** The providers that call us. */
export type WebhookSource = 'whatsapp';

/** A provider delivered a signed body. It is kept raw, sealed, and understood afterwards. */
export type WebhookReceived = DomainEvent<
  'WebhookReceived',
  {
    readonly source: WebhookSource;
    /** The bytes as they came, base64. */
    readonly body: Personal<string>;
  }
>;

export const webhookCatalogue: EventCatalogue<WebhookReceived> = {
  WebhookReceived: event('body'),
};
