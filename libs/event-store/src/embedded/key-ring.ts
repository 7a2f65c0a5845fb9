import { fingerprintOf } from '../fingerprint.js';
import { KeyDestroyed, type KeyRing } from '../key-ring.js';
import { StoreNotWritable, StoreUnavailable } from '../port.js';
import { Gatherer } from './gatherer.js';
import type { KeyAnswer, KeyRequest } from './protocol.js';
import type { WorkerLink } from './worker-link.js';

const CACHED_KEYS_MAX = 20_000;
const BATCH_KEYS_MAX = 1_000;
const WAITING_KEYS_MAX = 20_000;

const nameOf = (...parts: readonly string[]): string => JSON.stringify(parts);

/**
 * The keys in `keys.db`, through the log's worker: made in groups, durable before they are given.
 * Reads go on when nothing can be written; a key that would have to be made throws StoreNotWritable.
 */
export class EmbeddedKeyRing implements KeyRing {
  readonly #requests: Gatherer<KeyRequest, KeyAnswer>;
  /** Least recently used first. */
  readonly #cache = new Map<string, Buffer>();
  #closed = false;

  constructor(link: WorkerLink) {
    this.#requests = new Gatherer({
      send: (requests) => link.ask('keys', requests),
      batchMax: BATCH_KEYS_MAX,
      queueMax: WAITING_KEYS_MAX,
    });
  }

  async keyFor(organisationId: string, subject: string): Promise<Buffer> {
    const name = nameOf(organisationId, subject);
    const cached = this.#cached(name);
    if (cached !== undefined) return cached;
    const answer = await this.#ask({ kind: 'key-for', organisationId, subject });
    if (answer.kind === 'destroyed')
      throw new KeyDestroyed(`the key of ${subject} has been destroyed`);
    if (answer.kind !== 'key') throw new Error(`no key was made for ${subject}`);
    return this.#keep(name, answer.key);
  }

  async find(organisationId: string, subject: string): Promise<Buffer | null> {
    const name = nameOf(organisationId, subject);
    const cached = this.#cached(name);
    if (cached !== undefined) return cached;
    const answer = await this.#ask({ kind: 'find', organisationId, subject });
    return answer.kind === 'key' ? this.#keep(name, answer.key) : null;
  }

  async destroy(organisationId: string, subject: string): Promise<void> {
    const name = nameOf(organisationId, subject);
    this.#cache.delete(name);
    await this.#ask({ kind: 'destroy', organisationId, subject });
    // Answers come in order: whoever cached the key meanwhile did so before this.
    this.#cache.delete(name);
  }

  async fingerprint(organisationId: string, purpose: string, value: string): Promise<string> {
    const name = nameOf(organisationId);
    const cached = this.#cached(name);
    if (cached !== undefined) return fingerprintOf(cached, purpose, value);
    const request = { kind: 'organisation-key', organisationId, subject: '' } as const;
    const answer = await this.#ask(request);
    if (answer.kind !== 'key') throw new Error(`no key was made for ${organisationId}`);
    return fingerprintOf(this.#keep(name, answer.key), purpose, value);
  }

  /** Finishes what was accepted; later calls throw StoreUnavailable. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#requests.drained();
  }

  async #ask(request: KeyRequest): Promise<KeyAnswer> {
    if (this.#closed) throw new StoreUnavailable('the keys have been closed');
    const answer = await this.#requests.push(request);
    if (answer.kind === 'not-writable') throw new StoreNotWritable(answer.reason);
    if (answer.kind === 'unreadable')
      throw new Error(`the key of ${request.subject} does not open: keys.db has been damaged`);
    return answer;
  }

  #cached(name: string): Buffer | undefined {
    const key = this.#cache.get(name);
    if (key === undefined) return undefined;
    this.#cache.delete(name);
    this.#cache.set(name, key);
    return key;
  }

  #keep(name: string, key: Uint8Array): Buffer {
    const kept = Buffer.from(key);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size >= CACHED_KEYS_MAX && oldest !== undefined) this.#cache.delete(oldest);
    this.#cache.set(name, kept);
    return kept;
  }
}
