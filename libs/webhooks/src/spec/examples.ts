import { instant } from '#kernel';
import type { Examples } from '#event-store/spec';
import type { WebhookEvent } from '../domain/events.js';

const at = instant(1_795_176_000_000);

/** One fact of each type, as it may stand on the log. */
export const webhookExamples: Examples<WebhookEvent> = {
  WebhookReceived: {
    type: 'WebhookReceived',
    at,
    data: {
      source: 'whatsapp',
      body: Buffer.from('{"object":"other"}').toString('base64'),
      coding: 'none',
      query: '',
    },
  },
  SmsListRead: { type: 'SmsListRead', at, data: { until: at } },
};
