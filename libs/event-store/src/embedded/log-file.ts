import { randomUUID } from 'node:crypto';
import type Database from 'libsql';
import { judge } from '../expectation.js';
import { LogCorrupted, StreamDeleted, type StreamDeletion, type StreamMetadata } from '../port.js';
import { positionOf } from '../position.js';
import { CHAIN_START, chained, checkPage } from './chain.js';
import {
  delay,
  openForReading,
  openForWriting,
  rollBack,
  Statements,
  type Row,
} from './database.js';
import { metadataOf, readLogPage, readStreamPage } from './log-reading.js';
import type {
  AppendAnswer,
  AppendRequest,
  EventRow,
  EventText,
  Link,
  Page,
  ReadAllRequest,
  ReadStreamRequest,
  TestingOptions,
} from './protocol.js';
import { keepsDeletions, setLimits, type StreamLimits } from './stream-limits.js';
import type { Writability } from './writability.js';

const SCHEMA_VERSION = 1;
const STREAMS_CACHED_MAX = 20_000;
/** How many of the newest rows are checked before the start. The rest is for `verifyAll`. */
const START_CHECK_ROWS_MAX = 50_000;
const CHECKPOINT_AFTER_EVENTS = 4_000;
const CHECKPOINT_AFTER_CHARACTERS = 8_000_000;

// The index is of two integers: a random text index on event ids would cost more than the insert.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS log (epoch TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
    max_age_seconds INTEGER, max_count INTEGER, truncate_before TEXT, deletion TEXT);
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL,
    written_at INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL,
    metadata TEXT NOT NULL, crc INTEGER NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS events_of_stream ON events (stream, revision);
  PRAGMA user_version = ${SCHEMA_VERSION};`;

type Stream = { readonly id: number; revision: number; deletion: StreamDeletion | null };

/** SQLite says that the file is no database any more: the log is lost from its first row on. */
const openingError = (error: unknown): unknown => {
  const damaged = error instanceof Error && /malformed|not a database/.test(error.message);
  return damaged ? new LogCorrupted(positionOf(1), error.message) : error;
};

/** The log's file: SQL and the chain, synchronous, used by the worker alone. */
export class LogFile {
  readonly #database: Database.Database;
  readonly #writability: Writability;
  readonly #testing: TestingOptions;
  readonly #readOnly: boolean;
  readonly #statements: Statements;
  /** Streams by name, the oldest entry first: a bounded cache of what the file says. */
  readonly #streams = new Map<string, Stream>();
  #tail: Link = CHAIN_START;
  /** The column, or what stands for it in a log that an older Casement wrote. */
  readonly #deletion: 'deletion' | 'NULL';
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
    try {
      this.#database = this.#readOnly ? openForReading(options.path) : openForWriting(options.path);
    } catch (error) {
      throw openingError(error);
    }
    this.#statements = new Statements(this.#database);
    try {
      if (!this.#readOnly) this.#prepare(this.#database);
      this.#deletion = keepsDeletions(this.#statements) ? 'deletion' : 'NULL';
      this.#checkNewest();
    } catch (error) {
      this.close();
      throw openingError(error);
    }
  }

  #prepare(database: Database.Database): void {
    const found = Number((database.prepare('PRAGMA user_version').raw().all([])[0] as Row)[0]);
    if (found > SCHEMA_VERSION)
      throw new Error(`the log was written by a newer Casement (schema ${found})`);
    // Checkpoints are the worker's, between batches: never inside somebody's commit.
    database.exec('PRAGMA wal_autocheckpoint = 0');
    database.exec(SCHEMA);
    if (!keepsDeletions(this.#statements))
      database.exec('ALTER TABLE streams ADD COLUMN deletion TEXT');
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
    const [row] = this.#statements.rows('SELECT crc FROM events WHERE position = ?', [position]);
    if (row === undefined) throw new LogCorrupted(positionOf(position), 'the row is missing');
    return Number(row[0]);
  }

  #newestPosition(): number {
    try {
      return Number(this.#statements.rows('SELECT max(position) FROM events', [])[0]?.[0] ?? 0);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new LogCorrupted(positionOf(1), detail);
    }
  }

  epoch(): string {
    return String(this.#statements.rows('SELECT epoch FROM log', [])[0]?.[0]);
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
    const deletion = standing?.deletion ?? null;
    const judgement = judge(expected, ids, { current, deletion, idsFrom });
    if (judgement.kind === 'deleted') return judgement;
    if (judgement.kind === 'conflict') return { kind: 'conflict', current };
    const stream = standing ?? this.#newStream(name);
    if (judgement.kind === 'append') {
      if (deletion !== null) this.#undelete(stream);
      for (const event of events) this.#write(name, stream, event, now);
    }
    const revision = judgement.kind === 'append' ? stream.revision : judgement.revision;
    const position =
      judgement.kind === 'append' ? this.#tail.position : this.#positionOf(stream, revision);
    return { kind: 'appended', revision, position };
  }

  #undelete(stream: Stream): void {
    this.#statements.run('UPDATE streams SET deletion = NULL WHERE id = ?', [stream.id]);
    stream.deletion = null;
  }

  #write(name: string, stream: Stream, event: EventText, writtenAt: number): void {
    const revision = stream.revision + 1;
    const link = chained(this.#tail, { stream: name, revision, writtenAt }, event);
    const { id, type, data, metadata } = event;
    this.#statements.run(
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
    return this.#statements.rows(sql, [stream, from, from + count]).map(([id]) => String(id));
  }

  #positionOf(stream: Stream, revision: number): number {
    const sql = 'SELECT position FROM events WHERE stream = ? AND revision = ?';
    return Number(this.#statements.rows(sql, [stream.id, revision])[0]?.[0]);
  }

  #stream(name: string): Stream | undefined {
    const cached = this.#streams.get(name);
    if (cached !== undefined) return cached;
    const sql = `SELECT id, (SELECT revision FROM events WHERE stream = streams.id
      ORDER BY revision DESC LIMIT 1), ${this.#deletion} FROM streams WHERE name = ?`;
    const [row] = this.#statements.rows(sql, [name]);
    if (row === undefined) return undefined;
    const [id, revision, deletion] = row;
    return this.#remember(name, {
      id: Number(id),
      revision: Number(revision ?? -1),
      deletion: deletion as StreamDeletion | null,
    });
  }

  #newStream(name: string): Stream {
    const { lastInsertRowid } = this.#statements.run('INSERT INTO streams (name) VALUES (?)', [
      name,
    ]);
    return this.#remember(name, {
      id: Number(lastInsertRowid),
      revision: -1,
      deletion: null,
    });
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
    const stream = this.#undeleted(request.stream);
    if (stream === undefined) return [];
    return readStreamPage(this.#statements, { ...stream, name: request.stream }, request);
  }

  readAll(request: ReadAllRequest): Page {
    return readLogPage(this.#statements, this.head(), request);
  }

  /** The stream, if there is one. Throws StreamDeleted when it has its tombstone. */
  #undeleted(name: string): Stream | undefined {
    const stream = this.#stream(name);
    if (stream?.deletion === 'tombstone') throw new StreamDeleted(name);
    return stream;
  }

  metadata(stream: string): StreamMetadata {
    const isDeleted = this.#undeleted(stream)?.deletion === 'soft';
    return isDeleted ? {} : metadataOf(this.#statements, stream);
  }

  setMetadata(name: string, metadata: StreamMetadata): void {
    const stream = this.#undeleted(name);
    // What was softly deleted stays hidden, and is there again.
    const truncation = stream?.deletion === 'soft' ? { truncateBefore: stream.revision + 1 } : {};
    this.#setLimits(name, { ...metadata, ...truncation, deletion: null });
  }

  /** In a soft deletion everything so far is let go; a tombstone alone stays for good. */
  deleteStream(name: string, deletion: StreamDeletion): void {
    const stream = deletion === 'soft' ? this.#undeleted(name) : this.#stream(name);
    if (deletion === 'soft' && stream === undefined) return;
    const truncateBefore = (stream?.revision ?? -1) + 1;
    this.#setLimits(name, { truncateBefore, deletion });
  }

  #setLimits(name: string, limits: StreamLimits): void {
    this.#writability.check();
    try {
      setLimits(this.#statements, name, limits);
      this.#streams.delete(name);
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
}
