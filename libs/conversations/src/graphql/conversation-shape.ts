import { numberId, organisationId } from '#kernel';
import { lackSentence, may, type Principal } from '#access';
import { numberShape, type Organisation } from '#organisations';
import { windowExpiredSentence } from '../domain/failure.js';
import { closesAtMs, windowStatus, type WindowStatus } from '../domain/window.js';
import type { InboxRow } from '../views/conversation-queries.js';
import type { MessageRow } from '../views/messages.projection.js';
import { windowOf } from '../views/threads.projection.js';
import { messageShape, type People } from './message-shape.js';

export type Surroundings = {
  readonly organisation: Organisation;
  readonly principal: Principal;
  readonly nowMs: number;
  readonly position: string | null;
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
    lastMessage: lastMessage && messageShape(lastMessage, people),
    composer: composerShape(row, status, surroundings.principal),
    revision: row.writer_revision,
    position,
    people,
  };
};

export type ConversationShape = ReturnType<typeof conversationShape>;

const contactShape = (row: InboxRow) => ({
  id: row.contact_id,
  name: row.profile_name,
  phone: row.wa_id === null ? null : `+${row.wa_id}`,
});

const windowShape = (row: InboxRow, status: WindowStatus, people: People) => ({
  status,
  openedAt: row.last_customer_message_at,
  closesAt: closesAtMs(windowOf(row)),
  lastCustomerMessageAt: row.last_customer_message_at,
  decidedByRevision: row.decided_by_revision,
  stream: `conversation-${row.organisation_id}-${row.thread_id}`,
  people,
});

/** The words for the closed window, in the composer. */
const expiredWording = 'Window expired';

const composerShape = (row: InboxRow, window: WindowStatus, principal: Principal) => {
  const composer = { mode: 'FREE_FORM', channel: 'WHATSAPP', reason: null, code: null };
  if (!may(principal, 'messages.send')) {
    const reason = lackSentence('CAPABILITY_MISSING', 'messages.send');
    return { ...composer, mode: 'DISABLED', reason, code: 'CAPABILITY_MISSING' };
  }
  if (row.lifecycle === 'ENDED') {
    const reason = 'This conversation has ended.';
    return { ...composer, mode: 'DISABLED', reason, code: 'CONVERSATION_ENDED' };
  }
  if (window === 'OPEN') return composer;
  const reason = window === 'EXPIRED' ? expiredWording : windowExpiredSentence;
  return { ...composer, mode: 'TEMPLATE_ONLY', reason, code: 'WINDOW_EXPIRED' };
};
