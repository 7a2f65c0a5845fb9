import { isErased, type Instant, type Policy } from '#kernel';
import { unpacked, type WebhookReceived } from '#webhooks';
import { readWebhook, type ThreadItem } from '#channels/whatsapp';

/** An item of a webhook, addressed to whoever brings it to its thread. */
export type ToInbound = {
  readonly to: 'inbound';
  readonly command: { readonly item: ThreadItem; readonly receivedAt: Instant };
};

/** Something about the account, a number or a template that is nobody's task yet: to be counted. */
export type ToNotices = {
  readonly to: 'notices';
  readonly command: { readonly name: string };
};

/**
 * Reads the raw bodies that WhatsApp delivered. Items of one number and customer stay in order;
 * `partitionKey` hashes the two, so that what is parked names neither.
 */
export const whatsAppInbox = (
  partitionKey: string,
): Policy<WebhookReceived, ToInbound | ToNotices> => ({
  kind: 'policy',
  name: 'whatsapp-inbox',
  streams: ['webhooks-whatsapp-'],
  types: ['WebhookReceived'],
  whenever: ({ data, metadata }) => {
    const { body } = data;
    if (isErased(body)) return [];
    const items = readWebhook(unpacked({ ...data, body }), partitionKey);
    return items.map((item) => {
      const place = { key: item.partition, item: item.item };
      if (item.kind === 'unreadable')
        return { ...place, unreadable: `${item.path || 'body'}: ${item.reason}` };
      if (item.kind === 'notice')
        return { ...place, command: { to: 'notices' as const, command: { name: item.name } } };
      const command = { item, receivedAt: metadata.recordedAt };
      return { ...place, command: { to: 'inbound' as const, command } };
    });
  },
});
