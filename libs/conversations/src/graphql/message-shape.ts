import type { OrganisationId } from '#kernel';
import { memberById, type Organisation, type PrincipalShape } from '#organisations';
import type { MessageContent } from '../domain/content.js';
import { contentOf, deliveryOf } from '../views/cells.js';
import type { MessageRow } from '../views/messages.projection.js';

/** What is shown where a person's words stood who has been erased. */
const erasedText = '[erased]';

export type People = {
  readonly organisationId: OrganisationId;
  readonly organisation: Organisation;
  readonly contact: { readonly id: string; readonly name: string | null };
};

/** A message as clients see it. */
export const messageShape = (row: MessageRow, people: People) => {
  const delivery = row.delivery === null ? null : deliveryOf(row.delivery);
  const isStaff = row.author_kind !== 'customer' && row.author_kind !== 'system';
  return {
    __typename: 'Message' as const,
    id: row.message_id,
    direction: row.direction,
    channel: row.channel,
    kind: row.kind,
    billingClass: billingClassOf(row),
    content: contentShape(contentOf(row.content)),
    author: authorShape(row, people),
    sentAt: row.sent_at,
    receivedAt: row.received_at,
    status: row.status,
    statusTimes: delivery?.statusTimes ?? [],
    failure: row.status === 'FAILED' ? (delivery?.failure ?? null) : null,
    insideWindow: row.inside_window === null ? null : row.inside_window === 1,
    quotedMessageId: row.quoted_message_id,
    notificationType: row.notification_type,
    aiGenerated: row.author_kind === 'ai',
    userId: isStaff ? row.author_id : null,
    people,
  };
};

export type MessageShape = ReturnType<typeof messageShape>;

const billingClassOf = ({ channel, kind }: MessageRow) => {
  if (channel === 'SMS' || channel === 'PORTAL') return channel;
  return kind === 'TEMPLATE' ? 'TEMPLATE' : 'SESSION';
};

const contentShape = (content: MessageContent | null) => {
  if (content === null) return { __typename: 'TextContent', text: erasedText };
  return content.kind === 'text'
    ? { __typename: 'TextContent', text: content.text }
    : { __typename: 'UnsupportedContent', type: content.type, raw: content.raw };
};

const authorShape = (row: MessageRow, { organisation, contact }: People): PrincipalShape | null =>
  row.author_kind === 'customer'
    ? { __typename: 'Customer', ...contact }
    : memberById(organisation, row.author_id);
