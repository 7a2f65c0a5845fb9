import { Inject, Injectable } from '@nestjs/common';
import {
  comparePositions,
  epochMs,
  parseConversationId,
  type Cell,
  type Instant,
  type OrganisationId,
  type Position,
} from '#kernel';
import type { ContactRow } from '#contacts';
import { VIEWS, type ViewStore } from '#view-store';
import type { FeedRow } from './feed.projection.js';
import { together, type Part } from './together.js';

/** Which facts: all of what is given must hold. */
export type EventFilter = {
  readonly conversationId?: string | null;
  readonly contactId?: string | null;
  readonly types?: readonly string[] | null;
  /** Recorded at or after. */
  readonly from?: Instant | null;
  /** Recorded before. */
  readonly to?: Instant | null;
};

export type EventsRequest = { readonly after: Position | null; readonly size: number };

export type EventsPage = {
  readonly rows: readonly FeedRow[];
  readonly hasNextPage: boolean;
  /** Nothing up to here is left to be told; null when nothing was looked at. */
  readonly readTo: Position | null;
};

/** How much one page may look at: rows of the index at a time, and in all. */
export type Looking = { readonly rowsAtOnce: number; readonly rowsMax: number };
const looking: Looking = { rowsAtOnce: 500, rowsMax: 2_000 };

/**
 * Instants of recording follow the order of the log, but for clocks that were set back: by less than
 * this. Facts of a clock that went back further are only found by a filter without times.
 */
const clockSlackMs = 60 * 60 * 1_000;

/** Streams of one contact that are looked through: their own, and one for each business number. */
const streamsMax = 200;

/** Which rows of the feed are looked at: some streams, some types, or all of the organisation. */
type Path =
  | { readonly by: 'stream' | 'type'; readonly values: readonly string[] }
  | { readonly by: 'organisation' };

type Span = { readonly after: Position | null; readonly before: Position | null };

/** Reads the log's facts, by way of the feed. Every query takes the organisation. */
@Injectable()
export class EventQueries {
  constructor(@Inject(VIEWS) private readonly views: ViewStore) {}

  /** Oldest first. A page may be short, even empty, though there is more: `readTo` leads on. */
  async page(
    organisation: OrganisationId,
    filter: EventFilter,
    { after, size }: EventsRequest,
    { rowsAtOnce, rowsMax }: Looking = looking,
  ): Promise<EventsPage> {
    const [path, span] = await Promise.all([
      this.path(organisation, filter),
      this.span(organisation, filter, after),
    ]);
    const fits = matching(organisation, filter);
    const atOnce = isWhole(filter) ? size + 1 : rowsAtOnce;
    const rows: FeedRow[] = [];
    let readTo = span.after;
    for (let looked = 0; looked < rowsMax;) {
      const read = await this.rows(organisation, path, { ...span, after: readTo }, atOnce);
      rows.push(...read.filter(fits));
      if (rows.length > size) return { ...firstOf(rows, size), hasNextPage: true };
      if (read.length < atOnce) return { rows, hasNextPage: false, readTo };
      readTo = read.at(-1)?.position ?? readTo;
      looked += read.length;
    }
    return { rows, hasNextPage: true, readTo };
  }

  /** When the newest fact at or before `position` was recorded; null when there is none. */
  async recordedAtMs(organisation: OrganisationId, position: Position): Promise<number | null> {
    const [row] = await this.views.query<Pick<FeedRow, 'recorded_at'>>(
      organisation,
      `SELECT recorded_at FROM feed WHERE organisation_id = ? AND position <= ?
       ORDER BY position DESC LIMIT 1`,
      [organisation, position],
    );
    return row?.recorded_at ?? null;
  }

  private async path(organisation: OrganisationId, filter: EventFilter): Promise<Path> {
    const { conversationId, contactId, types } = filter;
    const ofContact = contactId ? await this.contactStreams(organisation, contactId) : null;
    if (conversationId) {
      const thread = parseConversationId(conversationId)?.thread;
      const stream = `conversation-${organisation}-${thread}`;
      return { by: 'stream', values: ofContact?.includes(stream) === false ? [] : [stream] };
    }
    if (ofContact) return { by: 'stream', values: ofContact };
    return types ? { by: 'type', values: [...new Set(types)] } : { by: 'organisation' };
  }

  private async contactStreams(
    organisation: OrganisationId,
    asked: string,
  ): Promise<readonly string[]> {
    const contacts = await this.views.query<Pick<ContactRow, 'contact_id' | 'survivor_id'>>(
      organisation,
      `SELECT contact_id, survivor_id FROM contacts WHERE organisation_id = ?
       AND coalesce(survivor_id, contact_id) =
         (SELECT coalesce(survivor_id, contact_id) FROM contacts WHERE contact_id = ?)
       ORDER BY contact_id LIMIT ?`,
      [organisation, asked, streamsMax],
    );
    const contact = contacts[0]?.survivor_id ?? contacts[0]?.contact_id ?? asked;
    const threads = await this.views.query<{ readonly thread_id: string }>(
      organisation,
      `SELECT thread_id FROM threads WHERE contact_id = ? AND organisation_id = ?
       ORDER BY thread_id LIMIT ?`,
      [contact, organisation, streamsMax - 1],
    );
    const ofThreads = threads.map(({ thread_id: id }) => `conversation-${organisation}-${id}`);
    const ofContacts = contacts.map(({ contact_id: id }) => `contact-${organisation}-${id}`);
    return [...ofContacts, ...ofThreads];
  }

  /** Places beyond which no fact can have been recorded in the time that is asked for. */
  private async span(
    organisation: OrganisationId,
    { from, to }: EventFilter,
    after: Position | null,
  ): Promise<Span> {
    const [before] = from
      ? await this.nearest(organisation, '<', epochMs(from) - clockSlackMs)
      : [];
    const [beyond] = to ? await this.nearest(organisation, '>=', epochMs(to) + clockSlackMs) : [];
    const isLater =
      before !== undefined && (after === null || comparePositions(before.position, after) > 0);
    return { after: isLater ? before.position : after, before: beyond?.position ?? null };
  }

  private nearest(
    organisation: OrganisationId,
    side: '<' | '>=',
    recordedAtMs: number,
  ): Promise<readonly Pick<FeedRow, 'position'>[]> {
    const order = side === '<' ? 'DESC' : 'ASC';
    return this.views.query<Pick<FeedRow, 'position'>>(
      organisation,
      `SELECT position FROM feed WHERE organisation_id = ? AND recorded_at ${side} ?
       ORDER BY recorded_at ${order}, position ${order} LIMIT 1`,
      [organisation, recordedAtMs],
    );
  }

  private async rows(
    organisation: OrganisationId,
    path: Path,
    span: Span,
    limit: number,
  ): Promise<readonly FeedRow[]> {
    const parts =
      path.by === 'organisation'
        ? [along(organisation, null, span, limit)]
        : path.values.map((value) => along(organisation, [path.by, value], span, limit));
    if (parts.length === 0) return [];
    const { sql, parameters } = together(parts);
    return this.views.query<FeedRow>(organisation, `${sql}\nORDER BY position LIMIT ?`, [
      ...parameters,
      limit,
    ]);
  }
}

/** Along the index of one stream or of one type. A stream's name also says whose it is. */
const along = (
  organisation: OrganisationId,
  where: readonly ['stream' | 'type', string] | null,
  { after, before }: Span,
  limit: number,
): Part => {
  const conditions: readonly (readonly [string, Cell])[] = [
    ...(where?.[0] === 'stream' ? [] : [['organisation_id = ?', organisation] as const]),
    ...(where ? [[`${where[0]} = ?`, where[1]] as const] : []),
    ['position > ?', after ?? ''],
    ...(before === null ? [] : [['position < ?', before] as const]),
  ];
  return {
    sql: `SELECT * FROM feed WHERE ${conditions.map(([sql]) => sql).join(' AND ')}
      ORDER BY position LIMIT ?`,
    parameters: [...conditions.map(([, parameter]) => parameter), limit],
  };
};

/** Whether every row of the path is wanted. */
const isWhole = ({ conversationId, contactId, types, from, to }: EventFilter): boolean => {
  if (conversationId || from || to) return false;
  return !(contactId && types);
};

const matching =
  (organisation: OrganisationId, { conversationId, types, from, to }: EventFilter) =>
  (row: FeedRow): boolean =>
    row.organisation_id === organisation &&
    (!conversationId || row.conversation_id === conversationId) &&
    (!types || types.includes(row.type)) &&
    (!from || row.recorded_at >= epochMs(from)) &&
    (!to || row.recorded_at < epochMs(to));

const firstOf = (rows: readonly FeedRow[], size: number): Pick<EventsPage, 'rows' | 'readTo'> => {
  const shown = rows.slice(0, size);
  return { rows: shown, readTo: shown.at(-1)?.position ?? null };
};
