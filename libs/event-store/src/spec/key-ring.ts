import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyDestroyed, type KeyRing } from '../key-ring.js';
import { errorOf } from './driver.js';

export type OpenedKeyRing = {
  readonly keys: KeyRing;
  /** Closes it and opens the same keys again, where that is possible. */
  readonly reopen?: () => Promise<KeyRing>;
  readonly cleanup: () => Promise<void>;
};

/** Every promise of the key ring's port, for any implementation. */
export const describeKeyRing = (name: string, open: () => Promise<OpenedKeyRing>): void => {
  describe(`${name}, as a key ring`, () => {
    let opened: OpenedKeyRing | null = null;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.cleanup();
    });
    const keys = (): KeyRing => {
      if (opened === null) throw new Error('the keys have not been opened');
      return opened.keys;
    };

    it('makes one key per organisation and subject, however many ask at once', async () => {
      const asked = Array.from({ length: 20 }, () => keys().keyFor('acme', 'one'));
      const made = new Set((await Promise.all(asked)).map((key) => key.toString('hex')));
      expect(made.size).toBe(1);
      const [key = ''] = made;
      expect(key).toHaveLength(64);
      expect((await keys().keyFor('acme', 'two')).toString('hex')).not.toBe(key);
      expect((await keys().keyFor('other', 'one')).toString('hex')).not.toBe(key);
    });

    it('finds what was made, and makes nothing by looking', async () => {
      const key = await keys().keyFor('acme', 'three');
      expect(await keys().find('acme', 'three')).toEqual(key);
      expect(await keys().find('other', 'three')).toBeNull();
      expect(await keys().find('acme', 'never')).toBeNull();
      expect(await keys().find('acme', 'never')).toBeNull();
    });

    it('destroys a key for good, and remembers that it has', async () => {
      const neighbour = await keys().keyFor('acme', 'five');
      await keys().keyFor('acme', 'four');
      await keys().destroy('acme', 'four');
      await keys().destroy('acme', 'four');
      expect(await keys().find('acme', 'four')).toBeNull();
      expect(await errorOf(keys().keyFor('acme', 'four'))).toBeInstanceOf(KeyDestroyed);
      expect(await keys().find('acme', 'five')).toEqual(neighbour);
    });

    it('destroys also what has never been made', async () => {
      await keys().destroy('acme', 'six');
      expect(await errorOf(keys().keyFor('acme', 'six'))).toBeInstanceOf(KeyDestroyed);
    });

    it('fingerprints the same value the same, apart by organisation and purpose', async () => {
      const one = await keys().fingerprint('acme', 'wamid', 'wamid.1');
      expect(one).toMatch(/^[0-9a-f]{32}$/);
      expect(await keys().fingerprint('acme', 'wamid', 'wamid.1')).toBe(one);
      const others = [
        await keys().fingerprint('acme', 'wamid', 'wamid.2'),
        await keys().fingerprint('acme', 'phone', 'wamid.1'),
        await keys().fingerprint('other', 'wamid', 'wamid.1'),
        await keys().fingerprint('acme', 'wamidw', 'amid.1'),
      ];
      expect(new Set([one, ...others]).size).toBe(5);
    });
  });

  it(`${name} keeps keys, tombstones and fingerprints over a restart`, async () => {
    const { keys, reopen, cleanup } = await open();
    if (reopen !== undefined) {
      const key = await keys.keyFor('acme', 'one');
      const print = await keys.fingerprint('acme', 'wamid', 'wamid.1');
      await keys.destroy('acme', 'two');
      const again = await reopen();
      expect(await again.find('acme', 'one')).toEqual(key);
      expect(await again.fingerprint('acme', 'wamid', 'wamid.1')).toBe(print);
      expect(await errorOf(again.keyFor('acme', 'two'))).toBeInstanceOf(KeyDestroyed);
    }
    await cleanup();
  });
};
