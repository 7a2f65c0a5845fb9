import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import pg from 'pg';
import {
  openFollowersBeside,
  openPostgresFollowersBeside,
  type FollowersBeside,
} from '#view-store';
import type { Casement } from './casement.js';
import { logFolder } from './stores.js';

type Value = string | Uint8Array | null;
type Rows = readonly (readonly unknown[])[];

/** Works on a database of a data directory that no process has open. */
const onFile = (file: string, sql: string, values: readonly Value[]): Rows => {
  const database = new Database(file);
  try {
    const statement = database.prepare(sql);
    if (statement.reader) return statement.raw().all([...values]) as Rows;
    statement.run([...values]);
    return [];
  } finally {
    database.close();
  }
};

const onServer = async (url: string, sql: string, values: readonly Value[]): Promise<Rows> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, values: [...values], rowMode: 'array' }))
      .rows;
  } finally {
    await client.end();
  }
};

/** One statement, each `?` a value, about the keys or the followers of an engine that has been stopped. */
export const tellStores = (
  { dataDirectory, stores: { database } }: Pick<Casement, 'dataDirectory' | 'stores'>,
  where: 'keys' | 'followers',
  sql: string,
  ...values: readonly Value[]
): Promise<Rows> | Rows => {
  if (database === null) return onFile(join(dataDirectory, `${where}.db`), sql, values);
  const url = new URL(database);
  url.searchParams.set('options', `-c search_path=${where}`);
  let at = 0;
  return onServer(
    url.href,
    sql.replaceAll('?', () => `$${(at += 1)}`),
    values,
  );
};

/**
 * Takes a contact's key away, so that nothing can be kept for them any more: every item of theirs
 * fails, and nobody else's. Gives what puts it back. For an engine that has been stopped.
 */
export const takeKey = async (
  casement: Casement,
  contactId: string,
): Promise<() => Promise<void>> => {
  const ofContact = 'SELECT wrapped FROM subject_keys WHERE subject = ?';
  const [row] = await tellStores(casement, 'keys', ofContact, contactId);
  const wrapped = row?.[0];
  if (!(wrapped instanceof Uint8Array)) throw new Error(`${contactId} has no key`);
  const set = async (to: Uint8Array | null): Promise<void> => {
    const sql = 'UPDATE subject_keys SET wrapped = ? WHERE subject = ?';
    await tellStores(casement, 'keys', sql, to, contactId);
  };
  await set(null);
  return () => set(wrapped);
};

/** As if what stands first of a key had been passed over: neither done nor parked. */
export const forgetBlocking = async (casement: Casement): Promise<void> => {
  await tellStores(casement, 'followers', 'DELETE FROM parked_item WHERE blocking = 1');
};

/** What is parked, read beside the running engine; null before there is anything. */
export const followersBeside = ({
  dataDirectory,
  stores: { database },
}: Casement): Promise<FollowersBeside | null> =>
  database === null
    ? openFollowersBeside(dataDirectory)
    : openPostgresFollowersBeside({ url: database });

/** Whose conversation it is. */
export const contactOf = async (casement: Casement, conversationId: string): Promise<string> => {
  const query = 'query ($id: ID!) { conversation(id: $id) { contact { id } } }';
  const { conversation } = await casement.gql<{
    readonly conversation: { readonly contact: { readonly id: string } };
  }>('agent', query, { id: conversationId });
  return conversation.contact.id;
};

/** Everything that is written of the log, letter by letter as it is kept. */
export const logText = async ({ dataDirectory, stores }: Casement): Promise<string> => {
  const text = await filesText(logFolder(stores, dataDirectory), ['log.db']);
  // A node keeps the bytes of an event as text within its own.
  return stores.database === null ? text : text.replaceAll('\\"', '"');
};

/** Everything that views and followers hold, letter by letter as it is kept. */
export const derivedText = async ({ dataDirectory, stores }: Casement): Promise<string> => {
  if (stores.database === null) return filesText(dataDirectory, ['views.db', 'followers.db']);
  const [row] = await onServer(stores.database, "SELECT database_to_xml(true, false, '')", []);
  return String(row?.[0]);
};

/** With what has not moved from the write-ahead log yet; a file that must be there is. */
const filesText = async (folder: string, names: readonly string[]): Promise<string> => {
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'latin1');
  const texts = names.map(async (name) => [
    await read(name),
    await read(`${name}-wal`).catch(() => ''),
  ]);
  return (await Promise.all(texts)).flat().join('');
};
