import Database from 'libsql';
import { WebSocketServer } from 'ws';
import { serveParent, sharedNowMs } from '../support/forked.js';
import type { Ask, Told } from './publish.js';

/**
 * The thinnest server that does the same: what is published is inserted and committed, then its text
 * is sent to every socket as it is.
 */
const [, , file = ''] = process.argv;

const database = new Database(file);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec('CREATE TABLE facts (position INTEGER PRIMARY KEY, fact TEXT NOT NULL) STRICT');
const insert = database.prepare('INSERT INTO facts (fact) VALUES (?)');

const server = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
  perMessageDeflate: false,
  handleProtocols: ([first]) => first ?? false,
});

serveParent<Ask>(async (ask): Promise<Told> => {
  if (ask.kind === 'where') {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return { kind: 'here', url: `ws://127.0.0.1:${port}`, tokens: [], after: '' };
  }
  const atMs = sharedNowMs();
  insert.run([ask.text]);
  for (const client of server.clients) client.send(ask.text);
  return { kind: 'published', atMs };
});
