import type { Life } from './life.js';

/**
 * Something that a process has for as long as it lives. Listeners of its signals outlast a crash in
 * Node's own tables: what they lead to must not be the whole disk, and every stream that was folded.
 */
export const mortal = <T extends object>(life: Life, own: T): T => {
  let alive: T | null = own;
  life.onEnd(() => (alive = null));
  return new Proxy({} as T, {
    get: (_, name): unknown => {
      const value: unknown = alive === null ? undefined : Reflect.get(alive, name);
      return typeof value === 'function' ? value.bind(alive) : value;
    },
  });
};
