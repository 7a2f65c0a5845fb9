/** What an inbox shows at once. */
export const pageSize = 25;

/** Casement's own statement of a page of the inbox (`conversation-queries.ts`), written out. */
export const pageSql = (page: 'first' | 'next'): string => `SELECT
  c.conversation_id, c.organisation_id, c.thread_id, c.window_thread_id,
  c.number_id, c.contact_id, c.lifecycle, c.status, c.started_at, c.ended_at, c.unread_count,
  c.last_message_id, c.last_activity_at, c.needs_attention, t.current_conversation_id,
  t.last_customer_message_at, t.refused_at, t.decided_by_revision, t.writer_revision,
  t.last_seen_channel, t.last_seen_at, t.bridge_id, t.bridge_requested_at, t.bridge_opened_at,
  t.bridge_blocked_until, k.profile_name, k.wa_id, k.phone, k.sms_opted_out, k.sms_unreachable
  FROM conversations c
  JOIN threads t ON t.thread_id = c.window_thread_id
  LEFT JOIN contacts k ON k.contact_id = c.contact_id
  WHERE c.organisation_id = ?
  ${page === 'next' ? 'AND (c.last_activity_at, c.conversation_id) < (?, ?)' : ''}
  ORDER BY c.last_activity_at DESC, c.conversation_id DESC LIMIT ?`;

const places = Array.from({ length: pageSize }, () => '?').join(', ');

/** The newest message of each row. */
export const lastMessagesSql = `SELECT * FROM messages
  WHERE organisation_id = ? AND message_id IN (${places})`;
