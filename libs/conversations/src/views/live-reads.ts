import DataLoader from 'dataloader';
import type { Cell, OrganisationId } from '#kernel';
import { TemplateQueries, type TemplateRow } from '#templates';
import { direction, page, type ViewStore, type Page, type PageRequest } from '#view-store';
import type { MessagePlace } from './conversation-queries.js';
import type { MessageRow } from './messages.projection.js';
import type { Episode, EpisodePlace, EpisodeRow, Reads } from './reads.js';
import { byList, partsMax, together, type Part } from './together.js';

type MessagesKey = {
  readonly conversationId: string;
  readonly request: PageRequest<MessagePlace>;
};
type EpisodesKey = { readonly of: Episode; readonly request: PageRequest<EpisodePlace> };

/** Message ids that one statement asks for. */
const idsMax = 100;

/**
 * Reads rows as they are. What many rows of a list ask for at the same moment is one statement, and
 * nothing is read twice: made anew for each list that is shown, so that it is never old.
 */
export const liveReads = (views: ViewStore, organisation: OrganisationId): Reads => {
  const byId = new DataLoader<string, MessageRow | null>(
    (ids) => messagesById(views, organisation, ids),
    { maxBatchSize: idsMax },
  );
  const lists = { maxBatchSize: partsMax, cacheKeyFn: (key: object) => JSON.stringify(key) };
  const messages = new DataLoader<MessagesKey, Page<MessageRow>, string>(
    (keys) => messagesOf(views, organisation, keys),
    lists,
  );
  const previous = new DataLoader<EpisodesKey, Page<EpisodeRow>, string>(
    (keys) => episodesBefore(views, organisation, keys),
    lists,
  );
  let templates: Promise<readonly TemplateRow[]> | null = null;
  return {
    message: (id) => byId.load(id),
    messages: (conversationId, request) => messages.load({ conversationId, request }),
    previous: (of, request) => previous.load({ of, request }),
    templates: () => (templates ??= new TemplateQueries(views).all(organisation)),
  };
};

const messagesById = async (
  views: ViewStore,
  organisation: OrganisationId,
  ids: readonly string[],
): Promise<readonly (MessageRow | null)[]> => {
  const places = ids.map(() => '?').join(', ');
  const rows = await views.query<MessageRow>(
    organisation,
    `SELECT * FROM messages WHERE organisation_id = ? AND message_id IN (${places})`,
    [organisation, ...ids],
  );
  const byId = new Map(rows.map((row) => [row.message_id, row]));
  return ids.map((id) => byId.get(id) ?? null);
};

const messagesOf = async (
  views: ViewStore,
  organisation: OrganisationId,
  keys: readonly MessagesKey[],
): Promise<readonly Page<MessageRow>[]> => {
  const parts = keys.map(({ conversationId, request }): Part => {
    const { compare, order } = direction(request, 'oldest first');
    const beyond = request.beyond ? `AND (sent_at, sort) ${compare} (?, ?)` : '';
    return {
      sql: `SELECT * FROM messages WHERE organisation_id = ? AND conversation_id = ? ${beyond}
        ORDER BY sent_at ${order}, sort ${order} LIMIT ?`,
      parameters: [organisation, conversationId, ...(request.beyond ?? []), request.size + 1],
    };
  });
  return pages<MessageRow>(
    { views, organisation },
    parts,
    keys,
    'oldest first',
    ({ sent_at: at, sort }) => [at, sort],
  );
};

const episodesBefore = async (
  views: ViewStore,
  organisation: OrganisationId,
  keys: readonly EpisodesKey[],
): Promise<readonly Page<EpisodeRow>[]> => {
  const parts = keys.map(({ of, request }): Part => {
    const { compare, order } = direction(request, 'newest first');
    const beyond = request.beyond ? `AND (started_at, conversation_id) ${compare} (?, ?)` : '';
    return {
      sql: `SELECT conversation_id, number_id, lifecycle, started_at, ended_at,
        (SELECT count(*) FROM messages m WHERE m.conversation_id = c.conversation_id)
          AS message_count
        FROM conversations c WHERE organisation_id = ? AND contact_id = ?
          AND ((started_at, conversation_id) < (?, ?) OR window_thread_id <> thread_id)
          AND conversation_id <> ? ${beyond}
        ORDER BY started_at ${order}, conversation_id ${order} LIMIT ?`,
      parameters: [
        organisation,
        of.contactId,
        of.startedAt,
        of.conversationId,
        of.conversationId,
        ...(request.beyond ?? []),
        request.size + 1,
      ],
    };
  });
  return pages<EpisodeRow>({ views, organisation }, parts, keys, 'newest first', (row) => [
    row.started_at,
    row.conversation_id,
  ]);
};

/** The page of each key, in the order of its list. */
const pages = async <Row extends { readonly [column: string]: Cell }>(
  { views, organisation }: { readonly views: ViewStore; readonly organisation: OrganisationId },
  parts: readonly Part[],
  keys: readonly { readonly request: PageRequest<readonly Cell[]> }[],
  list: 'newest first' | 'oldest first',
  placeOf: (row: Row) => readonly [number, string],
): Promise<readonly Page<Row>[]> => {
  const { sql, parameters } = together(parts);
  const rows = await views.query<Row & { readonly list: number }>(organisation, sql, parameters);
  const lists = byList(rows, parts.length);
  return keys.map(({ request }, index) => {
    const sign = direction(request, list).order === 'ASC' ? 1 : -1;
    const inOrder = (lists[index] ?? []).toSorted(
      (one, other) => sign * comparePlaces(placeOf(one), placeOf(other)),
    );
    return page<Row>(inOrder, request);
  });
};

/** By the number, then by the text; texts by their bytes, as the views compare them. */
export const comparePlaces = (
  [at, id]: readonly [number, string],
  [otherAt, otherId]: readonly [number, string],
): number => at - otherAt || (id < otherId ? -1 : id > otherId ? 1 : 0);
