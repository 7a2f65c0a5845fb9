import { instant } from '#kernel';
import type { PortalMessage } from '#portal';
import type { MessageStatus } from '../domain/delivery.js';
import type { Channel } from '../domain/events.js';
import { contentOf, deliveryOf } from './cells.js';
import type { MessageRow } from './messages.projection.js';

/** What a customer's page is made of. `status` is null for what customers wrote. */
export type PortalRow = Pick<
  MessageRow,
  'message_id' | 'direction' | 'content' | 'sent_at' | 'notification_type' | 'delivery'
> & { readonly channel: Channel; readonly status: MessageStatus | null };

/**
 * A message as its customer sees it; null for what was not said to them: notices of the system's, and
 * the business's words before anything was done to bring them there, for ever if nothing ever was.
 */
export const portalMessage = (row: PortalRow): PortalMessage | null =>
  row.notification_type === null && isSaid(row)
    ? {
        id: row.message_id,
        from: row.direction === 'INBOUND' ? 'customer' : 'business',
        text: textOf(row),
        at: instant(row.sent_at),
        channel: row.channel,
        status: statusOf(row),
      }
    : null;

const isSaid = ({ status, delivery }: PortalRow): boolean =>
  delivery === null ||
  (status !== 'PENDING' && status !== 'FAILED') ||
  deliveryOf(delivery).startedAt !== null;

/** What a customer wrote has reached the business, or there would be no row of it. */
const statusOf = ({ status }: PortalRow): PortalMessage['status'] => {
  if (status === null) return 'DELIVERED';
  return status === 'NOT_CONFIRMED' ? 'PENDING' : status;
};

const words: ReadonlyMap<string, string> = new Map([
  ['audio', 'Audio'],
  ['contacts', 'Contact'],
  ['document', 'Document'],
  ['image', 'Photo'],
  ['location', 'Location'],
  ['reaction', 'Reaction'],
  ['sticker', 'Sticker'],
  ['video', 'Video'],
]);
const erased = '[erased]';
const notShown = '[not shown here]';

/** A word for what is no text; an SMS of pictures alone has a text without a character. */
const textOf = (row: PortalRow): string => {
  const content = contentOf(row.content);
  if (content === null) return erased;
  if (content.kind === 'unsupported') return words.get(content.type) ?? notShown;
  return content.text === '' ? notShown : content.text;
};
