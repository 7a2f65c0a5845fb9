import type { OrganisationId } from '#kernel';
import { memberById, type Organisation, type PrincipalShape } from '#organisations';
import { deliveryOf, reactionOf } from '../views/cells.js';
import type { MessageRow } from '../views/messages.projection.js';
import type { Reads } from '../views/reads.js';
import { contentShape } from './content-shape.js';

export type People = {
  readonly organisationId: OrganisationId;
  readonly organisation: Organisation;
  readonly contact: { readonly id: string; readonly name: string | null };
  /** Where the fields read on that are read only when they are asked for. */
  readonly reads: Reads;
};

/** Authors that are nobody in the organisation's list of members. */
const noMembers: ReadonlySet<MessageRow['author_kind']> = new Set([
  'customer',
  'system',
  'business_app',
]);

/** A message as clients see it. */
export const messageShape = (row: MessageRow, people: People) => {
  const delivery = row.delivery === null ? null : deliveryOf(row.delivery);
  const isStaff = !noMembers.has(row.author_kind);
  return {
    __typename: 'Message' as const,
    id: row.message_id,
    direction: row.direction,
    channel: row.channel,
    kind: row.kind,
    billingClass: billingClassOf(row),
    ...contentShape(row),
    author: authorShape(row, people),
    sentAt: row.sent_at,
    receivedAt: row.received_at,
    status: row.status,
    statusTimes: delivery?.statusTimes ?? [],
    failure: row.status === 'FAILED' ? (delivery?.failure ?? null) : null,
    insideWindow: row.inside_window === null ? null : row.inside_window === 1,
    quotedMessageId: row.quoted_message_id,
    reactions: reactionsShape(row),
    editedAt: row.edited_at,
    revokedAt: row.revoked_at,
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

const reactionsShape = ({ reaction }: MessageRow) => {
  if (reaction === null) return [];
  const { emoji, at } = reactionOf(reaction);
  return emoji === null ? [] : [{ emoji, at }];
};

const authorShape = (row: MessageRow, { organisation, contact }: People): PrincipalShape | null =>
  row.author_kind === 'customer'
    ? { __typename: 'Customer', ...contact }
    : memberById(organisation, row.author_id);
