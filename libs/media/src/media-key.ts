import { createHash } from 'node:crypto';
import type { Brand } from '#kernel';

/** The name of a kept file: 40 hexadecimal digits, ours alone. */
export type MediaKey = Brand<string, 'MediaKey'>;

const characters = 40;
const form = /^[0-9a-f]{40}$/;

/**
 * The key that is made of `names` and of nothing else: whoever stores the same thing again, after a
 * crash, stores it in the same place.
 */
export const derivedMediaKey = (...names: readonly string[]): MediaKey => {
  const digest = createHash('sha256')
    .update(JSON.stringify(['media', ...names]))
    .digest('hex');
  return digest.slice(0, characters) as MediaKey;
};

/** Null when it is no key: it never becomes part of a path. */
export const parseMediaKey = (text: string): MediaKey | null =>
  form.test(text) ? (text as MediaKey) : null;
