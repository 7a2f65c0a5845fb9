import { randomUUID } from 'node:crypto';
import type Database from 'libsql';
import { judge } from '../expectation.js';
import { LogCorrupted, type StreamMetadata } from '../port.js';
import { positionOf } from '../position.js';
import { oldestShown, tooOldAt } from '../retention.js';
import { CHAIN_START, chained, checkPage, type Link } from './chain.js';
import { delay, openForReading, openForWriting, rollBack, type SqlValue } from './database.js';
import type {
  AppendAnswer,
  AppendRequest,
  EventRow,
  EventText,
  Page,
  ReadAllRequest,
  ReadStreamRequest,
  TestingOptions,
} from './protocol.js';
import type { Writability } from './writability.js';

const SCHEMA_VERSION = 1;
const STREAMS_CACHED_MAX = 20_000;
/** How many of the newest rows are checked before the start. The rest is for `verifyAll`. */
const START_CHECK_ROWS_MAX = 50_000;
/** How much of the log one filtered read looks through, so that it never holds the worker long. */
const LOOKED_THROUGH_MAX = 10_000;
const CHECKPOINT_AFTER_EVENTS = 4_000;
const CHECKPOINT_AFTER_CHARACTERS = 8_000_000;

// The index is of two integers: a random text index on event ids would cost more than the insert.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS log (epoch TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
    max_age_seconds INTEGER, max_count INTEGER, truncate_before TEXT);
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL,
    written_at INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL,
    metadata TEXT NOT NULL, crc INTEGER NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS events_of_stream ON events (stream, revision);
  PRAGMA user_version = ${SCHEMA_VERSION};`;

const EVENT = 'e.position, s.name, e.revision, e.id, e.type, e.data, e.metadata';
const EVENTS = 'FROM events e JOIN streams s ON s.id = e.stream';

type Stream = { readonly id: number; revision: number };
type Row = readonly SqlValue[];

/** The log's file: SQL and the chain, synchronous, used by the worker alone. */
export class LogFile {
  readonly #database: Database.Database;
  readonly #writability: Writability;
  readonly #testing: TestingOptions;
  readonly #readOnly: boolean;
  readonly #statements = new Map<string, Database.Statement>();
  /** Streams by name, the oldest entry first: a bounded cache of what the file says. */
  readonly #streams = new Map<string, Stream>();
  #tail: Link = CHAIN_START;
  #eventsSinceCheckpoint = 0;
  #charactersSinceCheckpoint = 0;
  commits = 0;
  checkpoints = 0;

  /** Opens the file, or makes it; checks the newest rows. Throws LogCorrupted at a bad one. */
  constructor(options: {
    readonly path: string;
    readonly readOnly: boolean;
    readonly writability: Writability;
    readonly testing: TestingOptions;
  }) {
    this.#writability = options.writability;
    this.#testing = options.testing;
    this.#readOnly = options.readOnly;
    this.#database = this.#opened(options.path);
    this.#checkNewest();
  }

  #opened(path: string): Database.Database {
    try {
      const database = this.#readOnly ? openForReading(path) : openForWriting(path);
      if (!this.#readOnly) this.#prepare(database);
      return database;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const corrupted = /malformed|not a database/.test(detail);
      throw corrupted ? new LogCorrupted(positionOf(1), detail) : error;
    }
  }

  #prepare(database: Database.Database): void {
    const found = Number((database.prepare('PRAGMA user_version').raw().all([])[0] as Row)[0]);
    if (found > SCHEMA_VERSION)
      throw new Error(`the log was written by a newer Casement (schema ${found})`);
    // Checkpoints are the worker's, between batches: never inside somebody's commit.
    database.exec('PRAGMA wal_autocheckpoint = 0');
    database.exec(SCHEMA);
    database
      .prepare('INSERT INTO log (epoch) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM log)')
      .run([randomUUID()]);
    const { pagesMax } = this.#testing;
    if (pagesMax !== undefined) database.exec(`PRAGMA max_page_count = ${pagesMax}`);
  }

  #checkNewest(): void {
    const head = this.#newestPosition();
    const from = Math.max(0, head - START_CHECK_ROWS_MAX);
    const crc = from === 0 ? CHAIN_START.crc : this.#crcAt(from);
    let link: Link = { position: from, crc };
    // Each page moves on by at least one row or throws.
    while (link.position < head) link = checkPage(this.#database, link, head);
    this.#tail = link;
  }

  #crcAt(position: number): number {
    const [row] = this.#rows('SELECT crc FROM events WHERE position = ?', [position]);
    if (row === undefined) throw new LogCorrupted(positionOf(position), 'the row is missing');
    return Number(row[0]);
  }

  #newestPosition(): number {
    try {
      return Number(this.#rows('SELECT max(position) FROM events', [])[0]?.[0] ?? 0);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new LogCorrupted(positionOf(1), detail);
    }
  }

  epoch(): string {
    return String(this.#rows('SELECT epoch FROM log', [])[0]?.[0]);
  }

  head(): number {
    return this.#readOnly ? this.#newestPosition() : this.#tail.position;
  }

  /**
   * Appends in one transaction, synced once. Each append is judged against what stands before it in
   * the batch; one that comes too late writes nothing and leaves its neighbours alone.
   */
  append(appends: readonly AppendRequest[], now: number): readonly AppendAnswer[] {
    this.#writability.check();
    const tail = this.#tail;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const answers = appends.map((request) => this.#appendOne(request, Math.trunc(now)));
      delay(this.#testing.commitDelayMs ?? 0);
      this.#database.exec('COMMIT');
      this.commits += 1;
      return answers;
    } catch (error) {
      this.#tail = tail;
      this.#streams.clear();
      const stopped = this.#writability.stop(error);
      rollBack(this.#database);
      throw stopped;
    }
  }

  #appendOne({ stream: name, expected, events }: AppendRequest, now: number): AppendAnswer {
    const standing = this.#stream(name);
    const current = standing?.revision ?? -1;
    const idsFrom = (from: number, count: number): readonly string[] =>
      standing === undefined ? [] : this.#ids(standing.id, from, count);
    const ids = events.map(({ id }) => id);
    const judgement = judge(expected, ids, { current, idsFrom });
    if (judgement.kind === 'conflict') return { kind: 'conflict', current };
    const stream = standing ?? this.#newStream(name);
    if (judgement.kind === 'append')
      for (const event of events) this.#write(name, stream, event, now);
    const revision = judgement.kind === 'append' ? stream.revision : judgement.revision;
    const position =
      judgement.kind === 'append' ? this.#tail.position : this.#positionOf(stream, revision);
    return { kind: 'appended', revision, position };
  }

  #write(name: string, stream: Stream, event: EventText, writtenAt: number): void {
    const revision = stream.revision + 1;
    const link = chained(this.#tail, { stream: name, revision, writtenAt }, event);
    const { id, type, data, metadata } = event;
    this.#run(
      `INSERT INTO events (position, stream, revision, written_at, id, type, data, metadata, crc)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [link.position, stream.id, revision, writtenAt, id, type, data, metadata, link.crc],
    );
    stream.revision = revision;
    this.#tail = link;
    this.#eventsSinceCheckpoint += 1;
    this.#charactersSinceCheckpoint += data.length + metadata.length;
  }

  #ids(stream: number, from: number, count: number): readonly string[] {
    const sql =
      'SELECT id FROM events WHERE stream = ? AND revision >= ? AND revision < ? ORDER BY revision';
    return this.#rows(sql, [stream, from, from + count]).map(([id]) => String(id));
  }

  #positionOf(stream: Stream, revision: number): number {
    const sql = 'SELECT position FROM events WHERE stream = ? AND revision = ?';
    return Number(this.#rows(sql, [stream.id, revision])[0]?.[0]);
  }

  #stream(name: string): Stream | undefined {
    const cached = this.#streams.get(name);
    if (cached !== undefined) return cached;
    const sql = `SELECT id, (SELECT revision FROM events WHERE stream = streams.id
      ORDER BY revision DESC LIMIT 1) FROM streams WHERE name = ?`;
    const [row] = this.#rows(sql, [name]);
    if (row === undefined) return undefined;
    return this.#remember(name, { id: Number(row[0]), revision: Number(row[1] ?? -1) });
  }

  #newStream(name: string): Stream {
    const { lastInsertRowid } = this.#run('INSERT INTO streams (name) VALUES (?)', [name]);
    return this.#remember(name, { id: Number(lastInsertRowid), revision: -1 });
  }

  #remember(name: string, stream: Stream): Stream {
    // A reader beside the owner asks the file each time: the owner appends without telling.
    if (this.#readOnly) return stream;
    const [oldest] = this.#streams.keys();
    if (this.#streams.size >= STREAMS_CACHED_MAX && oldest !== undefined)
      this.#streams.delete(oldest);
    this.#streams.set(name, stream);
    return stream;
  }

  readStream(request: ReadStreamRequest): readonly EventRow[] {
    const stream = this.#stream(request.stream);
    if (stream === undefined) return [];
    const metadata = this.metadata(request.stream);
    const oldest = oldestShown(metadata, stream.revision);
    const tooOld = Math.max(tooOldAt(metadata, request.now), Number.MIN_SAFE_INTEGER);
    const [low, high, order] = request.backwards
      ? [oldest, request.from, 'DESC']
      : [Math.max(oldest, request.from), Number.MAX_SAFE_INTEGER, 'ASC'];
    const sql = `SELECT ${EVENT} ${EVENTS} WHERE e.stream = ? AND e.revision BETWEEN ? AND ?
      AND e.written_at > ? ORDER BY e.revision ${order} LIMIT ?`;
    return this.#events(sql, [stream.id, low, high, tooOld, request.count]);
  }

  readAll({ backwards, after, prefixes, count }: ReadAllRequest): Page {
    const head = this.head();
    const reach = prefixes.length === 0 ? count : LOOKED_THROUGH_MAX;
    const start = backwards ? Math.min(after, head + 1) : after;
    const end = backwards ? Math.max(start - reach, 1) : Math.min(start + reach, head);
    const [low, high, order] = backwards ? [end, start - 1, 'DESC'] : [start + 1, end, 'ASC'];
    const matching = prefixes.map(() => 'substr(s.name, 1, length(?)) = ?').join(' OR ');
    const filter = prefixes.length === 0 ? '' : `AND (${matching})`;
    const sql = `SELECT ${EVENT} ${EVENTS} WHERE e.position BETWEEN ? AND ? ${filter}
      ORDER BY e.position ${order} LIMIT ?`;
    const values = [low, high, ...prefixes.flatMap((prefix) => [prefix, prefix]), count];
    const rows = low > high ? [] : this.#events(sql, values);
    // A full page may have stopped before the end of its reach.
    const last = rows.length < count ? end : (rows.at(-1)?.[0] ?? end);
    const readTo = backwards ? Math.min(last, start) : Math.max(last, start);
    return { rows, readTo, atEnd: backwards ? readTo <= 1 : readTo >= head };
  }

  metadata(stream: string): StreamMetadata {
    const sql = 'SELECT max_age_seconds, max_count, truncate_before FROM streams WHERE name = ?';
    const [maxAge, maxCount, truncateBefore] = this.#rows(sql, [stream])[0] ?? [];
    return {
      ...(typeof maxAge === 'number' ? { maxAgeSeconds: maxAge } : {}),
      ...(typeof maxCount === 'number' ? { maxCount } : {}),
      ...(typeof truncateBefore === 'string' ? { truncateBefore: BigInt(truncateBefore) } : {}),
    };
  }

  setMetadata(stream: string, metadata: StreamMetadata): void {
    this.#writability.check();
    const { maxAgeSeconds = null, maxCount = null, truncateBefore } = metadata;
    try {
      this.#run(
        `INSERT INTO streams (name, max_age_seconds, max_count, truncate_before)
         VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET
         max_age_seconds = excluded.max_age_seconds, max_count = excluded.max_count,
         truncate_before = excluded.truncate_before`,
        [stream, maxAgeSeconds, maxCount, truncateBefore?.toString() ?? null],
      );
    } catch (error) {
      throw this.#writability.stop(error);
    }
  }

  /** Checks one more page of the whole chain, up to `until`; throws LogCorrupted. */
  check(before: Link, until: number): Link {
    return checkPage(this.#database, before, until);
  }

  /** Moves the WAL into the file when enough has gathered. Between batches, never within one. */
  checkpointWhenDue(): void {
    const due =
      this.#eventsSinceCheckpoint >= CHECKPOINT_AFTER_EVENTS ||
      this.#charactersSinceCheckpoint >= CHECKPOINT_AFTER_CHARACTERS;
    if (!due || this.#writability.refusal !== null) return;
    try {
      this.#database.prepare('PRAGMA wal_checkpoint(PASSIVE)').raw().all([]);
      this.#eventsSinceCheckpoint = 0;
      this.#charactersSinceCheckpoint = 0;
      this.checkpoints += 1;
    } catch (error) {
      this.#writability.stop(error);
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #events(sql: string, values: readonly SqlValue[]): readonly EventRow[] {
    return this.#rows(sql, values) as unknown as readonly EventRow[];
  }

  #rows(sql: string, values: readonly SqlValue[]): readonly Row[] {
    return this.#statement(sql).all(values) as readonly Row[];
  }

  #run(sql: string, values: readonly SqlValue[]): Database.RunResult {
    return this.#statement(sql).run(values);
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    if (/^\s*SELECT/.test(sql)) statement.raw();
    this.#statements.set(sql, statement);
    return statement;
  }
}
