import { instant } from '#kernel';
import type { Examples } from '#event-store/spec';
import type { WebhookReceived } from '../domain/events.js';

/** One fact of each type, as it may stand on the log. */
export const webhookExamples: Examples<WebhookReceived> = {
  WebhookReceived: {
    type: 'WebhookReceived',
    at: instant(1_795_176_000_000),
    data: { source: 'whatsapp', body: Buffer.from('{"object":"other"}').toString('base64') },
  },
};
