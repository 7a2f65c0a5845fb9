import { createServer } from 'node:http';
import Database from 'libsql';
import { pageSql, lastMessagesSql, pageSize } from './statements.js';

/**
 * The thinnest server of the same page: Casement's two statements in this very thread, and
 * JSON.stringify. Whoever asks is believed; nothing is checked, counted or logged.
 */
const [, , file = '', organisation = ''] = process.argv;

type Row = { readonly [column: string]: string | number | null };

const database = new Database(file, { readonly: true });
database.pragma('cache_size = -32768');
const firstPage = database.prepare(pageSql('first'));
const nextPage = database.prepare(pageSql('next'));
const lastMessages = database.prepare(lastMessagesSql);
const dayMs = 24 * 60 * 60 * 1_000;

type Asked = { readonly after: readonly [number, string] | null };

const page = (after: Asked['after']): string => {
  const rows = after
    ? rowsFrom(nextPage.all([organisation, ...after, pageSize + 1]))
    : rowsFrom(firstPage.all([organisation, pageSize + 1]));
  const shown = rows.slice(0, pageSize);
  const ids = shown.map((row) => row['last_message_id'] ?? '');
  const messages = rowsFrom(lastMessages.all([organisation, ...ids]));
  const byId = new Map(messages.map((message) => [message['message_id'], message]));
  const last = shown.at(-1);
  return JSON.stringify({
    nodes: shown.map((row) => nodeOf(row, byId.get(row['last_message_id'] ?? ''))),
    hasNextPage: rows.length > pageSize,
    endCursor: last ? [last['last_activity_at'], last['conversation_id']] : null,
  });
};

/** The views hold nothing but cells. */
const rowsFrom = (rows: unknown[]): Row[] => rows as Row[];

const iso = (ms: unknown): string => new Date(Number(ms)).toISOString();

const nodeOf = (row: Row, message: Row | undefined) => {
  const closesAt = Number(row['last_customer_message_at']) + dayMs;
  return {
    id: row['conversation_id'],
    contact: { id: row['contact_id'], name: row['profile_name'] },
    lifecycle: row['lifecycle'],
    status: row['status'],
    unreadCount: row['unread_count'],
    needsAttention: row['needs_attention'] === 1,
    window: { status: Date.now() < closesAt ? 'OPEN' : 'EXPIRED', closesAt: iso(closesAt) },
    lastMessage: message && {
      id: message['message_id'],
      direction: message['direction'],
      kind: message['kind'],
      sentAt: iso(message['sent_at']),
      status: message['status'],
      content: JSON.parse(String(message['content'])) as unknown,
    },
  };
};

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const { after } = JSON.parse(Buffer.concat(parts).toString('utf8')) as Asked;
    const body = page(after);
    response.setHeader('content-type', 'application/json');
    response.setHeader('content-length', Buffer.byteLength(body));
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
