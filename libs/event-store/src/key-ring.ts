/**
 * The keys that seal personal fields: one per subject (a contact, an hour of raw webhooks), wrapped
 * by the key-encryption key. Never in the log, never in what a rebuild drops.
 */
export interface KeyRing {
  /** The subject's key (32 bytes), made when it has none; durable before it resolves. */
  keyFor(organisationId: string, subject: string): Promise<Buffer>;
  /** The subject's key, or null when it never had one or it has been destroyed. */
  find(organisationId: string, subject: string): Promise<Buffer | null>;
  /** Destroys the key for good: what it sealed reads as erased. Then keyFor throws KeyDestroyed. */
  destroy(organisationId: string, subject: string): Promise<void>;
  /**
   * A keyed hash (hex, 32 characters) of `value` under the organisation's own HMAC key and a
   * purpose: the only form in which provider ids and addresses stand on the log in clear.
   */
  fingerprint(organisationId: string, purpose: string, value: string): Promise<string>;
}

export class KeyDestroyed extends Error {
  override readonly name = 'KeyDestroyed';
}
