import { listenTo, owner, type Listening } from '#postgres';
import { Gatherer } from '../embedded/gatherer.js';
import type { KeyAnswer, KeyRequest } from '../embedded/protocol.js';
import { fingerprintOf } from '../fingerprint.js';
import { KeyDestroyed, type KeyRing } from '../key-ring.js';
import { StoreUnavailable } from '../port.js';
import { Wrapping } from '../wrapping.js';
import { AgeingKeys } from './ageing-keys.js';
import { KeyConnections, keysConfig } from './connections.js';
import { keysFound, prepareKeys } from './key-schema.js';
import { destroyedChannel, KeyTable } from './key-table.js';
import type { OfLog } from './of-log.js';

const cached = { keysMax: 20_000, ageMsMax: 30_000 };
/** Organisations' keys are never destroyed. */
const cachedOrganisations = { keysMax: 10_000, ageMsMax: Infinity };
const batchMax = 500;
const queueMax = 20_000;

export type OpenPostgresKeys = {
  readonly url: string;
  readonly keyEncryptionKey: Uint8Array;
  readonly log: OfLog;
};

export type PostgresKeys = KeyRing & { readonly close: () => Promise<void> };

/**
 * The keys in PostgreSQL (schema `keys`), for any number of processes: wrapped by the key-encryption
 * key, made in groups, durable before they are given; two who make one at once are given the same.
 *
 * Once `destroy` has resolved, no process can get the key from the database any more, and this one has
 * forgotten it. Another that has it in memory is told at once, and forgets it at the latest 30 seconds
 * after it asked for it, whatever becomes of the notice; so long it may still read with it, and seal. What
 * it seals then is not readable for ever: nobody has the key once that time is over, and no other
 * is ever made for the subject. PostgreSQL keeps the wrapped key in dead rows until they are vacuumed, and
 * in its WAL and backups for as long as those are kept; only the key-encryption key opens it there.
 *
 * Throws WrongKeyEncryptionKey, KeysOfAnotherLog, and StoreUnavailable while the server is out of reach;
 * heals by itself.
 */
export const openPostgresKeys = async ({
  url,
  keyEncryptionKey,
  log,
}: OpenPostgresKeys): Promise<PostgresKeys> => {
  const wrapping = new Wrapping(keyEncryptionKey);
  wrapping.check(await prepareKeys(url, wrapping.sample(), log), 'this database');
  return new PostgresKeyRing(url, wrapping);
};

export type PostgresKeysBeside = {
  readonly keys: PostgresKeys;
  /** Of the log that they are bound to; null when a former version has made them. */
  readonly epoch: string | null;
};

/** The same, for who only looks: null when no engine has made keys there. Writes nothing by itself. */
export const openPostgresKeysBeside = async ({
  url,
  keyEncryptionKey,
}: Omit<OpenPostgresKeys, 'log'>): Promise<PostgresKeysBeside | null> => {
  const wrapping = new Wrapping(keyEncryptionKey);
  const found = await keysFound(url);
  if (found === null) return null;
  wrapping.check(found.sample, 'this database');
  return { keys: new PostgresKeyRing(url, wrapping), epoch: found.epoch };
};

const nameOf = (organisationId: string, subject: string): string =>
  JSON.stringify([organisationId, subject]);

class PostgresKeyRing implements PostgresKeys {
  readonly #connections: KeyConnections;
  readonly #requests: Gatherer<KeyRequest, KeyAnswer>;
  readonly #subjects = new AgeingKeys(cached, () => performance.now());
  readonly #organisations = new AgeingKeys(cachedOrganisations, () => performance.now());
  readonly #notices: Listening;
  #isClosed = false;

  constructor(url: string, wrapping: Wrapping) {
    this.#connections = new KeyConnections(url, owner);
    const table = new KeyTable(this.#connections, wrapping);
    const send = (requests: readonly KeyRequest[]) => table.answer(requests);
    this.#requests = new Gatherer({ send, batchMax, queueMax });
    this.#notices = listenTo(keysConfig(url, null), destroyedChannel, {
      notice: (name) => (name === '' ? this.#subjects.forgetAll() : this.#subjects.forget(name)),
      begun: async () => this.#subjects.forgetAll(),
      ended: () => this.#subjects.forgetAll(),
    });
  }

  async keyFor(organisationId: string, subject: string): Promise<Buffer> {
    const answer = await this.#subjectKey('key-for', organisationId, subject);
    if (answer instanceof Buffer) return answer;
    if (answer === 'destroyed') throw new KeyDestroyed(`the key of ${subject} has been destroyed`);
    throw new Error(`no key was made for ${subject}`);
  }

  async find(organisationId: string, subject: string): Promise<Buffer | null> {
    const answer = await this.#subjectKey('find', organisationId, subject);
    return answer instanceof Buffer ? answer : null;
  }

  async destroy(organisationId: string, subject: string): Promise<void> {
    const name = nameOf(organisationId, subject);
    this.#subjects.forget(name);
    await this.#ask({ kind: 'destroy', organisationId, subject }).finally(() =>
      // Also when the answer was lost: it may have been done.
      this.#subjects.forget(name),
    );
  }

  async fingerprint(organisationId: string, purpose: string, value: string): Promise<string> {
    const known = this.#organisations.get(organisationId);
    if (known !== undefined) return fingerprintOf(known, purpose, value);
    const asked = this.#organisations.asking();
    const request = { kind: 'organisation-key', organisationId, subject: '' } as const;
    const answer = await this.#ask(request);
    if (answer.kind !== 'key') throw new Error(`no key was made for ${organisationId}`);
    const key = Buffer.from(answer.key);
    this.#organisations.keep(organisationId, key, asked);
    return fingerprintOf(key, purpose, value);
  }

  /** Finishes what was accepted; later calls throw StoreUnavailable. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#requests.drained();
    await this.#notices.stop();
    await this.#connections.close();
    this.#subjects.forgetAll();
  }

  async #subjectKey(
    kind: 'key-for' | 'find',
    organisationId: string,
    subject: string,
  ): Promise<Buffer | 'none' | 'destroyed'> {
    const name = nameOf(organisationId, subject);
    const known = this.#subjects.get(name);
    if (known !== undefined) return known;
    const asked = this.#subjects.asking();
    const answer = await this.#ask({ kind, organisationId, subject });
    if (answer.kind !== 'key') return answer.kind === 'destroyed' ? 'destroyed' : 'none';
    const key = Buffer.from(answer.key);
    this.#subjects.keep(name, key, asked);
    return key;
  }

  async #ask(request: KeyRequest): Promise<KeyAnswer> {
    if (this.#isClosed) throw new StoreUnavailable('the keys have been closed');
    const answer = await this.#requests.push(request);
    if (answer.kind === 'unreadable')
      throw new Error(`the key of ${request.subject} does not open: it has been damaged`);
    return answer;
  }
}
