import { isErased, type Policy } from '#kernel';
import type { WebhookReceived } from '#channels/inbox';
import { readWebhook } from '#channels/whatsapp';
import type { Inbound } from '../commands/inbound-envelope.js';

/** An item of a webhook, addressed to whoever brings it to its thread. */
export type ToInbound = { readonly to: 'inbound'; readonly command: Inbound };

/**
 * Reads the raw bodies that WhatsApp delivered. Items of one number and customer stay in order;
 * `partitionKey` hashes the two, so that what is parked names neither.
 */
export const whatsAppInbox = (partitionKey: string): Policy<WebhookReceived, ToInbound> => ({
  kind: 'policy',
  name: 'whatsapp-inbox',
  streams: ['webhooks-whatsapp-'],
  types: ['WebhookReceived'],
  whenever: ({ data, metadata }) => {
    if (isErased(data.body)) return [];
    const items = readWebhook(Buffer.from(data.body, 'base64'), partitionKey);
    return items.map((item) => {
      const place = { key: item.partition, item: item.item };
      if (item.kind === 'unreadable')
        return { ...place, unreadable: `${item.path || 'body'}: ${item.reason}` };
      const command = { item, receivedAt: metadata.recordedAt };
      return { ...place, command: { to: 'inbound' as const, command } };
    });
  },
});
