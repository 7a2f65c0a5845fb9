import { join } from 'node:path';
import Database from 'libsql';
import type { Casement } from './casement.js';

/** Works on a database of a data directory that no process has open. */
export const onFile = <T>(
  dataDirectory: string,
  name: string,
  work: (database: Database.Database) => T,
): T => {
  const database = new Database(join(dataDirectory, name));
  try {
    return work(database);
  } finally {
    database.close();
  }
};

/**
 * Takes a contact's key away, so that nothing can be kept for them any more: every item of theirs
 * fails, and nobody else's. Gives what puts it back. For an engine that has been stopped.
 */
export const takeKey = (dataDirectory: string, contactId: string): (() => void) => {
  const wrapped = onFile(dataDirectory, 'keys.db', (keys) => {
    const [row] = keys
      .prepare('SELECT wrapped FROM subject_keys WHERE subject = ?')
      .raw()
      .all([contactId]);
    return Array.isArray(row) ? row[0] : null;
  });
  if (!(wrapped instanceof Uint8Array)) throw new Error(`${contactId} has no key`);
  const set = (to: Uint8Array | null): void =>
    onFile(dataDirectory, 'keys.db', (keys) => {
      keys.prepare('UPDATE subject_keys SET wrapped = ? WHERE subject = ?').run([to, contactId]);
    });
  set(null);
  return () => set(wrapped);
};

/** Whose conversation it is. */
export const contactOf = async (casement: Casement, conversationId: string): Promise<string> => {
  const query = 'query ($id: ID!) { conversation(id: $id) { contact { id } } }';
  const { conversation } = await casement.gql<{
    readonly conversation: { readonly contact: { readonly id: string } };
  }>('agent', query, { id: conversationId });
  return conversation.contact.id;
};
