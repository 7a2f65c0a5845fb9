import { randomBytes } from 'node:crypto';
import { fingerprintOf } from '../fingerprint.js';
import { KeyDestroyed, type KeyRing } from '../key-ring.js';

const KEY_BYTES = 32;

const nameOf = (organisationId: string, subject: string): string =>
  JSON.stringify([organisationId, subject]);

/** Keys in memory, for specs: gone with the process. `bytes` draws them. */
export const createMemoryKeyRing = (bytes: (count: number) => Buffer = randomBytes): KeyRing => {
  // Null stands where a key has been destroyed.
  const keys = new Map<string, Buffer | null>();
  const organisationKeys = new Map<string, Buffer>();
  const organisationKey = (organisationId: string): Buffer => {
    const key = organisationKeys.get(organisationId) ?? bytes(KEY_BYTES);
    organisationKeys.set(organisationId, key);
    return key;
  };
  return {
    keyFor: async (organisationId, subject) => {
      const name = nameOf(organisationId, subject);
      const standing = keys.get(name);
      if (standing === null) throw new KeyDestroyed(`the key of ${subject} has been destroyed`);
      const key = standing ?? bytes(KEY_BYTES);
      keys.set(name, key);
      return key;
    },
    find: async (organisationId, subject) => keys.get(nameOf(organisationId, subject)) ?? null,
    destroy: async (organisationId, subject) => {
      keys.set(nameOf(organisationId, subject), null);
    },
    fingerprint: async (organisationId, purpose, value) =>
      fingerprintOf(organisationKey(organisationId), purpose, value),
  };
};
