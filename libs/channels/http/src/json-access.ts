import { isJsonObject, type Json } from '#kernel';

/**
 * Reading JSON that somebody else wrote: each function answers undefined instead of throwing, and
 * sees own properties only, so that a key such as `__proto__` or `constructor` means nothing.
 */
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

export const at = (value: Json | undefined, ...path: readonly string[]): Json | undefined => {
  let found: Json | undefined = value;
  for (const name of path)
    found = isJsonObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  return found;
};

/** A string that is not empty. */
export const textAt = (value: Json | undefined, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path);
  return typeof found === 'string' && found.length > 0 ? found : undefined;
};

export const listAt = (value: Json | undefined, ...path: readonly string[]): readonly Json[] => {
  const found = at(value, ...path);
  return isList(found) ? found : [];
};

/** How deep the brackets of a JSON text nest, found without parsing it. */
export const nestingDepth = (bytes: Buffer): number => {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (quoted) {
      if (byte === 0x5c) index += 1;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return deepest;
};
