import type { Cell } from '#kernel';
import { direction, page, type Page, type PageRequest } from '#view-store';
import type { ConversationRow } from './conversations.projection.js';
import { comparePlaces } from './live-reads.js';
import type { MessageRow } from './messages.projection.js';
import type { Episode, EpisodeRow, Reads } from './reads.js';

type Rows = {
  readonly conversations: readonly ConversationRow[];
  readonly messages: readonly MessageRow[];
};

/**
 * Reads rows in memory, in the orders and pages of the views. `others`: what the contact's other
 * threads hold, read when it is asked for.
 */
export const pastReads = (
  conversations: readonly ConversationRow[],
  messages: readonly MessageRow[],
  others: () => Promise<Rows>,
): Reads => {
  const byId = new Map(messages.map((row) => [row.message_id, row]));
  let known: Promise<Rows> | null = null;
  const readOthers = (): Promise<Rows> => (known ??= others());
  return {
    message: async (id) => byId.get(id) ?? null,
    messages: async (conversation, request) => {
      const said = messages.filter(({ conversation_id: each }) => each === conversation);
      return pageOf(said, request, 'oldest first', ({ sent_at: at, sort }) => [at, sort]);
    },
    previous: async (of, request) => {
      const rows = await readOthers();
      const all = [...conversations, ...rows.conversations]
        .filter(({ contact_id: contact }) => contact === of.contactId)
        .filter((row) => isPrevious(row, of));
      const { rows: shown, ...rest } = pageOf(all, request, 'newest first', placeOf);
      const said = [...messages, ...rows.messages];
      return { ...rest, rows: shown.map((row) => episodeOf(row, said)) };
    },
    templates: null,
  };
};

/** What began earlier, and what a thread that is closed by now held, whenever it began. */
const isPrevious = (row: ConversationRow, of: Episode): boolean =>
  row.conversation_id !== of.conversationId &&
  (comparePlaces(placeOf(row), [of.startedAt, of.conversationId]) < 0 ||
    row.window_thread_id !== row.thread_id);

const placeOf = (row: ConversationRow): readonly [number, string] => [
  row.started_at,
  row.conversation_id,
];

const episodeOf = (row: ConversationRow, messages: readonly MessageRow[]): EpisodeRow => ({
  conversation_id: row.conversation_id,
  number_id: row.number_id,
  lifecycle: row.lifecycle,
  started_at: row.started_at,
  ended_at: row.ended_at,
  message_count: messages.filter((each) => each.conversation_id === row.conversation_id).length,
});

/** What the views' statement reads: rows beyond a place in the order of reading, one too many. */
const pageOf = <Row, Place extends readonly [number, string]>(
  rows: readonly Row[],
  request: PageRequest<Place & readonly Cell[]>,
  list: 'newest first' | 'oldest first',
  place: (row: Row) => readonly [number, string],
): Page<Row> => {
  const { compare, order } = direction(request, list);
  const sign = order === 'ASC' ? 1 : -1;
  const { beyond } = request;
  const isBeyond = (row: Row): boolean => {
    if (beyond === null) return true;
    const compared = comparePlaces(place(row), beyond);
    return compare === '>' ? compared > 0 : compared < 0;
  };
  const read = rows
    .filter(isBeyond)
    .toSorted((one, other) => sign * comparePlaces(place(one), place(other)))
    .slice(0, request.size + 1);
  return page(read, request);
};
