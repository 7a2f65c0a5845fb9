import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'libsql';
import { appSecret } from './deliveries.js';

// The thinnest server that acknowledges a delivery only once it is durable: node:http, one table,
// and a commit for all that came in the same turn.

const [, , directory = '.'] = process.argv;
const database = new Database(join(directory, 'deliveries.db'));
database.exec('PRAGMA journal_mode = WAL');
database.exec('PRAGMA synchronous = FULL');
database.exec(
  'CREATE TABLE deliveries (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL)',
);
const insert = database.prepare('INSERT INTO deliveries (at, body) VALUES (?, ?)');

type Waiting = { readonly body: Buffer; readonly response: ServerResponse };
let waiting: Waiting[] = [];

const commit = (): void => {
  const batch = waiting;
  waiting = [];
  database.exec('BEGIN IMMEDIATE');
  for (const { body } of batch) insert.run([Date.now(), body]);
  database.exec('COMMIT');
  for (const { response } of batch) response.writeHead(200, { 'content-length': '0' }).end();
};

const isSigned = (body: Buffer, signature: string): boolean => {
  const expected = Buffer.from(
    `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`,
  );
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
};

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    if (!isSigned(body, String(request.headers['x-hub-signature-256'])))
      return void response.writeHead(401).end();
    if (waiting.length === 0) setImmediate(commit);
    waiting.push({ body, response });
  });
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
