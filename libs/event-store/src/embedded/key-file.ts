import { randomBytes } from 'node:crypto';
import type Database from 'libsql';
import { organisationPlace, subjectPlace, Wrapping, type KeyPlace } from '../wrapping.js';
import { delay, openForReading, openForWriting, rollBack, type SqlValue } from './database.js';
import type { KeyAnswer, KeyRequest, TestingOptions } from './protocol.js';
import type { Writability } from './writability.js';

const KEY_BYTES = 32;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS subject_keys (
    organisation TEXT NOT NULL, subject TEXT NOT NULL, wrapped BLOB,
    PRIMARY KEY (organisation, subject)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS organisation_keys (
    organisation TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS key_check (wrapped BLOB NOT NULL);`;

type Row = readonly SqlValue[];

/** A request met a write while writes are refused; its neighbours are answered all the same. */
class WriteRefused extends Error {}

/** The keys' file. A null stands where a key has been destroyed. Used by the worker alone. */
export class KeyFile {
  readonly #database: Database.Database;
  readonly #wrapping: Wrapping;
  readonly #writability: Writability;
  readonly #testing: TestingOptions;
  readonly #readOnly: boolean;
  commits = 0;

  constructor(options: {
    readonly path: string;
    readonly keyEncryptionKey: Uint8Array;
    readonly readOnly: boolean;
    readonly writability: Writability;
    readonly testing: TestingOptions;
  }) {
    const { keyEncryptionKey, readOnly } = options;
    this.#wrapping = new Wrapping(keyEncryptionKey);
    this.#writability = options.writability;
    this.#testing = options.testing;
    this.#readOnly = readOnly;
    this.#database = readOnly ? openForReading(options.path) : openForWriting(options.path);
    if (!readOnly) this.#prepare();
    this.#checkKeyEncryptionKey();
  }

  #prepare(): void {
    // What is destroyed is overwritten, not only forgotten.
    this.#database.exec('PRAGMA secure_delete = ON');
    this.#database.exec(SCHEMA);
    this.#database
      .prepare('INSERT INTO key_check SELECT ? WHERE NOT EXISTS (SELECT 1 FROM key_check)')
      .run([this.#wrapping.sample()]);
  }

  #checkKeyEncryptionKey(): void {
    const wrapped = this.#one('SELECT wrapped FROM key_check', [])?.[0];
    this.#wrapping.check(wrapped, 'this data directory');
  }

  /** Answers each request in order; what was written is synced once, before any answer. */
  answer(requests: readonly KeyRequest[]): readonly KeyAnswer[] {
    try {
      const answers = requests.map((request) => this.#answerOne(request));
      if (this.#database.inTransaction) this.#commit(requests);
      return answers;
    } catch (error) {
      this.#writability.stop(error);
      rollBack(this.#database);
      return requests.map((request) => this.#answerOne(request));
    }
  }

  #commit(requests: readonly KeyRequest[]): void {
    delay(this.#testing.commitDelayMs ?? 0);
    this.#database.exec('COMMIT');
    this.commits += 1;
    // The WAL would keep the destroyed key's bytes.
    if (requests.some(({ kind }) => kind === 'destroy'))
      this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').raw().all([]);
  }

  #answerOne(request: KeyRequest): KeyAnswer {
    try {
      return this.#answered(request);
    } catch (error) {
      if (!(error instanceof WriteRefused)) throw error;
      return { kind: 'not-writable', reason: error.message };
    }
  }

  #answered({ kind, organisationId, subject }: KeyRequest): KeyAnswer {
    if (kind === 'organisation-key') return this.#organisationKey(organisationId);
    if (kind === 'destroy') return this.#destroy(organisationId, subject);
    const sql = 'SELECT wrapped FROM subject_keys WHERE organisation = ? AND subject = ?';
    const row = this.#one(sql, [organisationId, subject]);
    const place = subjectPlace(organisationId, subject);
    if (row !== undefined) return this.#unwrapped(row[0], place);
    if (kind === 'find') return { kind: 'none' };
    return this.#newKey(place, 'INSERT INTO subject_keys VALUES (?, ?, ?)', [
      organisationId,
      subject,
    ]);
  }

  #organisationKey(organisationId: string): KeyAnswer {
    const sql = 'SELECT wrapped FROM organisation_keys WHERE organisation = ?';
    const row = this.#one(sql, [organisationId]);
    const place = organisationPlace(organisationId);
    if (row !== undefined) return this.#unwrapped(row[0], place);
    return this.#newKey(place, 'INSERT INTO organisation_keys VALUES (?, ?)', [organisationId]);
  }

  #destroy(organisationId: string, subject: string): KeyAnswer {
    this.#write(
      `INSERT INTO subject_keys VALUES (?, ?, NULL)
       ON CONFLICT (organisation, subject) DO UPDATE SET wrapped = NULL`,
      [organisationId, subject],
    );
    return { kind: 'destroyed' };
  }

  #unwrapped(wrapped: SqlValue | undefined, place: KeyPlace): KeyAnswer {
    if (!(wrapped instanceof Uint8Array)) return { kind: 'destroyed' };
    const key = this.#wrapping.opened(wrapped, place);
    // One damaged or transplanted key must not take its neighbours with it.
    return key === null ? { kind: 'unreadable' } : { kind: 'key', key };
  }

  #newKey(place: KeyPlace, sql: string, names: readonly string[]): KeyAnswer {
    const key = randomBytes(KEY_BYTES);
    this.#write(sql, [...names, this.#wrapping.wrap(key, place)]);
    return { kind: 'key', key };
  }

  #write(sql: string, values: readonly SqlValue[]): void {
    const refusal = this.#readOnly ? 'the keys are open read-only' : this.#writability.refusal;
    if (refusal !== null) throw new WriteRefused(refusal);
    if (!this.#database.inTransaction) this.#database.exec('BEGIN IMMEDIATE');
    this.#database.prepare(sql).run(values);
  }

  #one(sql: string, values: readonly SqlValue[]): Row | undefined {
    const [row] = this.#database.prepare(sql).raw().all(values);
    return row as Row | undefined;
  }

  close(): void {
    this.#database.close();
  }
}
