import { instant } from '#kernel';
import type { PortalMessage } from '#portal';
import type { MediaKind, MessageContent } from '../domain/content.js';
import type { MessageStatus } from '../domain/delivery.js';
import type { Channel } from '../domain/events.js';
import { contentOf, deliveryOf, goneText } from './cells.js';
import type { MessageRow } from './messages.projection.js';

/** What a customer's page is made of. `status` is null for what customers wrote. */
export type PortalRow = Pick<
  MessageRow,
  | 'message_id'
  | 'direction'
  | 'content'
  | 'sent_at'
  | 'notification_type'
  | 'delivery'
  | 'revoked_at'
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

const words: { readonly [Media in MediaKind]: string } = {
  AUDIO: 'Audio',
  DOCUMENT: 'Document',
  IMAGE: 'Photo',
  STICKER: 'Sticker',
  VIDEO: 'Video',
};
const notShown = '[not shown here]';

const textOf = (row: PortalRow): string => {
  const content = contentOf(row.content);
  return content === null ? goneText(row) : (wordsOf(content) ?? notShown);
};

/** A word for what is no text; an SMS of pictures alone has a text without a character. */
const wordsOf = (content: MessageContent): string | null => {
  switch (content.kind) {
    case 'text':
      return content.text === '' ? null : content.text;
    case 'media':
      return content.caption ?? words[content.media];
    case 'location':
      return content.name ?? 'Location';
    case 'contacts':
      return 'Contact';
    case 'interactive':
    case 'template':
      return content.body;
    case 'reply':
      return content.title;
    case 'system':
    case 'unsupported':
      return null;
  }
};
