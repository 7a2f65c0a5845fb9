import type { Position, ViewRow } from '#kernel';
import { readModel } from '#platform';
import { openEmbeddedViews, type ViewBatch, type ViewStore } from '#view-store';

/** The rows that one conversation has in the views. */
type Rows = { readonly [Table in (typeof tables)[number]]: ViewRow };
const tables = ['conversations', 'threads', 'contacts', 'messages'] as const;

const conversationsPerCommit = 5_000;
/** Each conversation was last written to so long after the one before. */
const apartMs = 50;

const given = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Niklaus', 'Frances'];
const family = ['Lovelace', 'Hopper', 'Turing', 'Dijkstra', 'Liskov', 'Knuth', 'Wirth', 'Allen'];

/**
 * Fills the views of a stopped Casement with `count` conversations of their only organisation, each
 * like the one that is there: its rows are those that a real customer's message left, with other ids,
 * names and times. Tells who the organisation is.
 */
export const fill = async (
  directory: string,
  count: number,
  say: (text: string) => void,
): Promise<string> => {
  const { views, close } = await openEmbeddedViews({ directory, readModel });
  try {
    const sample = await sampleIn(views);
    for (let from = 0; from < count; from += conversationsPerCommit) {
      const size = Math.min(conversationsPerCommit, count - from);
      const rows = Array.from({ length: size }, (_, n) =>
        rowsOf(sample, { number: from + n, count }),
      );
      await views.commit(batch(rows, views.position()));
      if (from % 200_000 === 0) say(`inbox: ${from} of ${count} conversations`);
    }
    return String(sample.conversations['organisation_id']);
  } finally {
    await close();
  }
};

const sampleIn = async (views: ViewStore): Promise<Rows> => {
  const only = async (table: (typeof tables)[number]): Promise<ViewRow> => {
    const key = `${table.slice(0, -1)}_id`;
    const [row] = await views.all.query(`SELECT ${key} AS id FROM ${table}`, []);
    const id = String(row?.['id']);
    const found = (await views.rows(table, [id])).get(id);
    if (!found) throw new Error(`there is no row in ${table} to go by`);
    return found;
  };
  const [conversations, threads, contacts, messages] = await Promise.all(tables.map(only));
  if (!conversations || !threads || !contacts || !messages) throw new Error('no sample');
  return { conversations, threads, contacts, messages };
};

const batch = (rows: readonly Rows[], position: Position | null): ViewBatch => {
  if (position === null) throw new Error('nothing was ever written');
  const changes = tables.flatMap((table) =>
    rows.map((each) => {
      const row = each[table];
      return { table, key: String(row[`${table.slice(0, -1)}_id`]), row };
    }),
  );
  return { after: position, position, changes };
};

/** In the order of time, as Casement's ids are to the second. */
const idOf = (number: number): string => {
  const scattered = (number * 2_654_435_761).toString(36);
  return number.toString(36).padStart(9, '0') + scattered.padStart(11, '0');
};

const rowsOf = (sample: Rows, { number, count }: { number: number; count: number }): Rows => {
  const id = idOf(number);
  const at = Number(sample.conversations['last_activity_at']) - (count - number) * apartMs;
  const name = `${given[number % given.length]} ${family[(number >> 3) % family.length]} ${number}`;
  const phone = `4477${String(number).padStart(8, '0')}`;
  const ids = { conversation_id: `t${id}.1`, contact_id: `c${id}` };
  return {
    conversations: {
      ...sample.conversations,
      ...ids,
      thread_id: `t${id}`,
      window_thread_id: `t${id}`,
      last_message_id: `m${id}`,
      started_at: at,
      last_activity_at: at,
    },
    threads: {
      ...sample.threads,
      thread_id: `t${id}`,
      contact_id: ids.contact_id,
      current_conversation_id: ids.conversation_id,
      last_customer_message_at: at,
      last_seen_at: at,
    },
    contacts: {
      ...sample.contacts,
      contact_id: ids.contact_id,
      profile_name: name,
      search_name: name.toLowerCase(),
      listed_as: name.toLowerCase(),
      wa_id: phone,
      phone: `+${phone}`,
    },
    messages: {
      ...sample.messages,
      message_id: `m${id}`,
      conversation_id: ids.conversation_id,
      author_id: ids.contact_id,
      sent_at: at,
      received_at: at,
    },
  };
};
