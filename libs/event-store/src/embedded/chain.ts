import { crc32 } from 'node:zlib';
import type Database from 'libsql';
import { LogCorrupted } from '../port.js';
import { positionOf } from '../position.js';
import type { EventText, Link } from './protocol.js';

const PAGE_ROWS_MAX = 2_000;

export const CHAIN_START: Link = { position: 0, crc: 0 };

const bytesBefore = (position: number, revision: number, writtenAt: number): string =>
  `${position}|${revision}|${writtenAt}|`;

/** The checksum of a row: its place, its stream's name, its content, and the row before it. */
export const chained = (
  before: Link,
  row: { readonly stream: string; readonly revision: number; readonly writtenAt: number },
  event: EventText,
): Link => {
  const position = before.position + 1;
  const head = bytesBefore(position, row.revision, row.writtenAt);
  const body = [row.stream, event.id, event.type, event.data, event.metadata].join('\n');
  return { position, crc: crc32(head + body, before.crc) };
};

// As bytes, because a damaged text may be no text any more.
const PAGE = `
  SELECT e.position, e.revision, e.written_at, e.crc,
    CAST(s.name || char(10) || e.id || char(10) || e.type || char(10)
      || e.data || char(10) || e.metadata AS BLOB)
  FROM events e LEFT JOIN streams s ON s.id = e.stream
  WHERE e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ${PAGE_ROWS_MAX}`;

const rowsAfter = (database: Database.Database, at: Link, until: number): readonly unknown[] => {
  try {
    return database.prepare(PAGE).raw().all([at.position, until]);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new LogCorrupted(positionOf(at.position + 1), detail);
  }
};

const checked = (before: Link, row: unknown): Link => {
  const position = before.position + 1;
  const bad = (detail: string): LogCorrupted => new LogCorrupted(positionOf(position), detail);
  if (!Array.isArray(row)) throw bad('there is no row');
  const [at, revision, writtenAt, crc, body] = row as readonly unknown[];
  if (at !== position) throw bad('the row is missing');
  if (!(body instanceof Uint8Array)) throw bad('the row or its stream is incomplete');
  const head = crc32(bytesBefore(position, Number(revision), Number(writtenAt)), before.crc);
  if (crc32(body, head) !== crc) throw bad('the row does not match its checksum');
  return { position, crc };
};

/** Checks one page of rows after `before`, up to `until`. Throws LogCorrupted at the first bad row. */
export const checkPage = (database: Database.Database, before: Link, until: number): Link => {
  const rows = rowsAfter(database, before, until);
  const last = rows.reduce<Link>(checked, before);
  const expected = Math.min(until, before.position + PAGE_ROWS_MAX);
  if (last.position < expected)
    throw new LogCorrupted(positionOf(last.position + 1), 'the row is missing');
  return last;
};
