import { Inject, Injectable } from '@nestjs/common';
import type { Cell, OrganisationId } from '#kernel';
import { CLOCK, type Clock } from '#engine';
import { direction, page, VIEWS, type ViewStore, type Page, type PageRequest } from '#view-store';
import { windowDurationMs, type WindowStatus } from '../domain/window.js';
import type { ConversationRow } from './conversations.projection.js';
import type { MessageRow } from './messages.projection.js';
import { named, type Condition } from './search.js';
import type { ThreadRow } from './threads.projection.js';

/** A conversation with what its thread and its contact have to say. */
export type InboxRow = ConversationRow &
  Omit<ThreadRow, 'organisation_id' | 'number_id' | 'contact_id' | 'thread_id'> & {
    readonly profile_name: string | null;
    readonly wa_id: string | null;
    readonly phone: string | null;
    readonly sms_opted_out: 0 | 1 | null;
    readonly sms_unreachable: 0 | 1 | null;
  };

export type InboxFilter = {
  readonly lifecycle?: 'ACTIVE' | 'ENDED' | null;
  readonly window?: WindowStatus | null;
  readonly expiringWithinMinutes?: number | null;
  readonly status?: string | null;
  readonly unread?: boolean | null;
  readonly needsAttention?: boolean | null;
  readonly search?: string | null;
  readonly numberId?: string | null;
};

/** A row's place in the inbox: newest activity first, then by id. */
export type InboxPlace = readonly [lastActivityAt: number, conversationId: string];
/** A message's place in its conversation: by time, then by the log. */
export type MessagePlace = readonly [sentAt: number, sort: string];

const inboxColumns = `c.conversation_id, c.organisation_id, c.thread_id, c.window_thread_id,
  c.number_id, c.contact_id, c.lifecycle, c.status, c.started_at, c.ended_at, c.unread_count,
  c.last_message_id, c.last_activity_at, c.needs_attention, t.current_conversation_id,
  t.last_customer_message_at, t.refused_at, t.decided_by_revision, t.writer_revision,
  t.last_seen_channel, t.last_seen_at, t.bridge_id, t.bridge_requested_at, t.bridge_opened_at,
  t.bridge_blocked_until, k.profile_name, k.wa_id, k.phone, k.sms_opted_out, k.sms_unreachable
  FROM conversations c
  JOIN threads t ON t.thread_id = c.window_thread_id
  LEFT JOIN contacts k ON k.contact_id = c.contact_id`;

/** Reads the inbox. Every query takes the organisation; another's rows do not exist. */
@Injectable()
export class ConversationQueries {
  constructor(
    @Inject(VIEWS) private readonly views: ViewStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async conversations(
    organisation: OrganisationId,
    filter: InboxFilter,
    request: PageRequest<InboxPlace>,
  ): Promise<Page<InboxRow>> {
    const { compare, order } = direction(request, 'newest first');
    const conditions = this.matching(organisation, filter);
    if (request.beyond)
      conditions.push({
        sql: `(c.last_activity_at, c.conversation_id) ${compare} (?, ?)`,
        parameters: request.beyond,
      });
    const rows = await this.views.query<InboxRow>(
      organisation,
      `SELECT ${inboxColumns} WHERE ${all(conditions)}
       ORDER BY c.last_activity_at ${order}, c.conversation_id ${order} LIMIT ?`,
      [...conditions.flatMap(({ parameters }) => parameters), request.size + 1],
    );
    return page(rows, request);
  }

  async conversation(organisation: OrganisationId, id: string): Promise<InboxRow | null> {
    const [row] = await this.views.query<InboxRow>(
      organisation,
      `SELECT ${inboxColumns} WHERE c.organisation_id = ? AND c.conversation_id = ?`,
      [organisation, id],
    );
    return row ?? null;
  }

  /** Whether a conversation is in the list that the filter makes, now. */
  async matches(organisation: OrganisationId, filter: InboxFilter, id: string): Promise<boolean> {
    const conditions = [
      ...this.matching(organisation, filter),
      { sql: 'c.conversation_id = ?', parameters: [id] },
    ];
    const rows = await this.views.query(
      organisation,
      `SELECT ${inboxColumns} WHERE ${all(conditions)}`,
      conditions.flatMap(({ parameters }) => parameters),
    );
    return rows.length > 0;
  }

  async messages(
    organisation: OrganisationId,
    conversation: string,
    request: PageRequest<MessagePlace>,
  ): Promise<Page<MessageRow>> {
    const { compare, order } = direction(request, 'oldest first');
    const beyond = request.beyond ? `AND (sent_at, sort) ${compare} (?, ?)` : '';
    const rows = await this.views.query<MessageRow>(
      organisation,
      `SELECT * FROM messages WHERE organisation_id = ? AND conversation_id = ? ${beyond}
       ORDER BY sent_at ${order}, sort ${order} LIMIT ?`,
      [organisation, conversation, ...(request.beyond ?? []), request.size + 1],
    );
    return page(rows, request);
  }

  /** Messages by id, in no order; ids of others are left out. */
  messagesById(
    organisation: OrganisationId,
    ids: readonly string[],
  ): Promise<readonly MessageRow[]> {
    if (ids.length === 0) return Promise.resolve([]);
    const places = ids.map(() => '?').join(', ');
    return this.views.query<MessageRow>(
      organisation,
      `SELECT * FROM messages WHERE organisation_id = ? AND message_id IN (${places})`,
      [organisation, ...ids],
    );
  }

  private matching(organisation: OrganisationId, filter: InboxFilter): Condition[] {
    return [
      { sql: 'c.organisation_id = ?', parameters: [organisation] },
      ...equal('c.lifecycle', filter.lifecycle),
      ...equal('c.status', filter.status),
      ...equal('c.number_id', filter.numberId),
      ...(filter.unread ? [{ sql: 'c.unread_count > 0', parameters: [] }] : []),
      ...(filter.unread === false ? [{ sql: 'c.unread_count = 0', parameters: [] }] : []),
      ...(typeof filter.needsAttention === 'boolean'
        ? equal('c.needs_attention', filter.needsAttention ? 1 : 0)
        : []),
      ...windowIs(filter.window, this.clock.now()),
      ...expiringWithin(filter.expiringWithinMinutes, this.clock.now()),
      ...named('k.', filter.search),
    ];
  }
}

const all = (conditions: readonly Condition[]): string =>
  conditions.map(({ sql }) => sql).join(' AND ');

const equal = (column: string, value: Cell | undefined): readonly Condition[] =>
  value === null || value === undefined ? [] : [{ sql: `${column} = ?`, parameters: [value] }];

const notRefused = '(t.refused_at IS NULL OR t.last_customer_message_at > t.refused_at)';

/** The domain's window rule, in SQL: open iff now < last customer message + 24 h, and not refused. */
const windowIs = (status: WindowStatus | null | undefined, nowMs: number): readonly Condition[] => {
  const lastBeyond = nowMs - windowDurationMs;
  if (status === 'OPEN')
    return [{ sql: `t.last_customer_message_at > ? AND ${notRefused}`, parameters: [lastBeyond] }];
  if (status === 'EXPIRED')
    return [
      {
        sql: `(t.last_customer_message_at <= ?
          OR (t.last_customer_message_at IS NOT NULL AND NOT ${notRefused}))`,
        parameters: [lastBeyond],
      },
    ];
  return status === 'NEVER_OPENED'
    ? [{ sql: 't.last_customer_message_at IS NULL', parameters: [] }]
    : [];
};

const expiringWithin = (
  minutes: number | null | undefined,
  nowMs: number,
): readonly Condition[] => {
  if (minutes === null || minutes === undefined) return [];
  const lastUntil = nowMs + minutes * 60_000 - windowDurationMs;
  return [
    ...windowIs('OPEN', nowMs),
    { sql: 't.last_customer_message_at <= ?', parameters: [lastUntil] },
  ];
};
