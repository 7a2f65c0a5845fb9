import { randomBytes } from 'node:crypto';
import type Database from 'libsql';
import { decrypt, encrypt } from '../sealing.js';
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

/** The key-encryption key is not the one that these keys were wrapped with. */
export class WrongKeyEncryptionKey extends Error {
  override readonly name = 'WrongKeyEncryptionKey';
}

type Row = readonly SqlValue[];

const bound = (...place: readonly string[]): Buffer => Buffer.from(JSON.stringify(place));

/** A request met a write while writes are refused; its neighbours are answered all the same. */
class WriteRefused extends Error {}

/** The keys' file. A null stands where a key has been destroyed. Used by the worker alone. */
export class KeyFile {
  readonly #database: Database.Database;
  readonly #keyEncryptionKey: Uint8Array;
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
    if (keyEncryptionKey.length !== KEY_BYTES)
      throw new RangeError(`the key-encryption key must be ${KEY_BYTES} bytes`);
    this.#keyEncryptionKey = keyEncryptionKey;
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
    const sample = encrypt(this.#keyEncryptionKey, Buffer.from('casement'), bound('check'));
    this.#database
      .prepare('INSERT INTO key_check SELECT ? WHERE NOT EXISTS (SELECT 1 FROM key_check)')
      .run([sample]);
  }

  #checkKeyEncryptionKey(): void {
    const wrapped = this.#one('SELECT wrapped FROM key_check', [])?.[0];
    try {
      if (!(wrapped instanceof Uint8Array)) throw new TypeError('no check value');
      decrypt(this.#keyEncryptionKey, wrapped, bound('check'));
    } catch (error) {
      throw new WrongKeyEncryptionKey(
        'the key-encryption key does not open the keys in this data directory: ' +
          'start with the key that it was made with',
        { cause: error },
      );
    }
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
    const place = bound('subject', organisationId, subject);
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
    const place = bound('organisation', organisationId);
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

  #unwrapped(wrapped: SqlValue | undefined, place: Uint8Array): KeyAnswer {
    if (!(wrapped instanceof Uint8Array)) return { kind: 'destroyed' };
    try {
      return { kind: 'key', key: decrypt(this.#keyEncryptionKey, wrapped, place) };
    } catch {
      // One damaged or transplanted key must not take its neighbours with it.
      return { kind: 'unreadable' };
    }
  }

  #newKey(place: Uint8Array, sql: string, names: readonly string[]): KeyAnswer {
    const key = randomBytes(KEY_BYTES);
    this.#write(sql, [...names, encrypt(this.#keyEncryptionKey, key, place)]);
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
