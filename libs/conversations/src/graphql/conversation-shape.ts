import { instant, messageId, numberId, organisationId } from '#kernel';
import { lackSentence, may, type Principal } from '#access';
import { numberShape, smsNumberFor, type Organisation } from '#organisations';
import { windowExpiredSentence } from '../domain/failure.js';
import type { Bridge } from '../domain/bridge.js';
import { replyChannel } from '../domain/reply-channel.js';
import type { SmsReach } from '../domain/sms.js';
import { closesAtMs, windowStatus, type WindowStatus } from '../domain/window.js';
import type { InboxRow } from '../views/conversation-queries.js';
import type { MessageRow } from '../views/messages.projection.js';
import type { Reads } from '../views/reads.js';
import { windowOf } from '../views/threads.projection.js';
import { messageShape, type People } from './message-shape.js';
import type { Picker } from './template-picker.js';

export type Surroundings = {
  readonly organisation: Organisation;
  readonly principal: Principal;
  readonly nowMs: number;
  /** Whether SMS can be sent from here at all. */
  readonly isSmsOn: boolean;
  readonly position: string | null;
  readonly reads: Reads;
};

/** A conversation as clients see it, whole but for what is asked for by the page. */
export const conversationShape = (
  row: InboxRow,
  lastMessage: MessageRow | null,
  surroundings: Surroundings,
) => {
  const { organisation, nowMs, position } = surroundings;
  const contact = contactShape(row);
  const people: People = {
    organisationId: organisationId(row.organisation_id),
    organisation,
    contact,
    reads: surroundings.reads,
  };
  const number = organisation.numbers.get(numberId(row.number_id));
  const status = windowStatus(windowOf(row), nowMs);
  return {
    __typename: 'Conversation' as const,
    id: row.conversation_id,
    contact,
    number: number ? numberShape(number) : null,
    lifecycle: row.lifecycle,
    status: row.status,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    window: windowShape(row, status, people),
    unreadCount: row.unread_count,
    needsAttention: row.needs_attention === 1,
    lastMessage: lastMessage && messageShape(lastMessage, people),
    composer: composerShape(row, status, surroundings),
    revision: row.writer_revision,
    position,
    people,
    // For the fields that are read only when they are asked for.
    numberId: row.number_id,
    bridge: bridgeOf(row),
    bridgeBlockedUntilMs: row.bridge_blocked_until,
    reach: smsReach(row, surroundings),
    nowMs,
  };
};

export type ConversationShape = ReturnType<typeof conversationShape>;

/** The newest bridge of the thread, in the words of the domain. */
const bridgeOf = (row: InboxRow): Bridge | null => {
  const { bridge_id: id, bridge_requested_at: at, bridge_opened_at: opened } = row;
  if (id === null || at === null) return null;
  const openedAt = opened === null ? null : instant(opened);
  // Whether a page that is not open has been shut decides nothing that is shown.
  return { bridgeId: messageId(id), requestedAt: instant(at), openedAt, isShut: false };
};

const smsReach = (row: InboxRow, { organisation, isSmsOn }: Surroundings): SmsReach => ({
  hasPhone: row.phone !== null && row.sms_unreachable !== 1,
  hasConsent: row.sms_opted_out !== 1,
  hasNumber: isSmsOn && smsNumberFor(organisation, numberId(row.number_id)) !== null,
});

/** Where a reply goes that does not say where: what the thread itself would decide. */
const channelOf = (row: InboxRow, surroundings: Surroundings) => {
  const { last_seen_channel: channel, last_seen_at: at } = row;
  const lastSeen = channel === null || at === null ? null : { channel, at: instant(at) };
  const where = { window: windowOf(row), lastSeen, bridge: bridgeOf(row) };
  return replyChannel(where, smsReach(row, surroundings), surroundings.nowMs);
};

/** A contact as clients see them. */
export const contactShape = (
  row: Pick<InboxRow, 'contact_id' | 'profile_name' | 'wa_id' | 'phone'>,
) => ({
  id: row.contact_id,
  name: row.profile_name,
  // The number that carriers know: WhatsApp keeps some as they were years ago.
  phone: row.phone ?? (row.wa_id === null ? null : `+${row.wa_id}`),
});

const windowShape = (row: InboxRow, status: WindowStatus, people: People) => ({
  status,
  openedAt: row.last_customer_message_at,
  closesAt: closesAtMs(windowOf(row)),
  lastCustomerMessageAt: row.last_customer_message_at,
  decidedByRevision: row.decided_by_revision,
  stream: `conversation-${row.organisation_id}-${row.window_thread_id}`,
  people,
});

/** The words for the closed window, in the composer. */
const expiredWording = 'Window expired';

const composerShape = (row: InboxRow, window: WindowStatus, surroundings: Surroundings) => {
  const channel = channelOf(row, surroundings);
  const composer = { mode: 'FREE_FORM', channel, reason: null, code: null, picker: null };
  if (!may(surroundings.principal, 'messages.send')) {
    const reason = lackSentence('CAPABILITY_MISSING', 'messages.send');
    const picker = row.lifecycle === 'ENDED' ? null : pickerOf(row, surroundings);
    return { ...composer, mode: 'DISABLED', reason, code: 'CAPABILITY_MISSING', picker };
  }
  if (row.lifecycle === 'ENDED') {
    const reason = 'This conversation has ended.';
    return { ...composer, mode: 'DISABLED', reason, code: 'CONVERSATION_ENDED' };
  }
  const picker = pickerOf(row, surroundings);
  if (window === 'OPEN' || channel !== 'WHATSAPP') return { ...composer, picker };
  const reason = window === 'EXPIRED' ? expiredWording : windowExpiredSentence;
  return { ...composer, mode: 'TEMPLATE_ONLY', reason, code: 'WINDOW_EXPIRED', picker };
};

/** What the templates of a composer are read by, when they are asked for. */
const pickerOf = (row: InboxRow, { organisation, principal, reads }: Surroundings): Picker => ({
  maySend: may(principal, 'messages.send'),
  businessAccountId: organisation.numbers.get(numberId(row.number_id))?.businessAccountId ?? null,
  reads,
});
