import type { Json, JsonObject } from '#kernel';

const JSON_DEPTH_MAX = 64;

/** A value that JSON cannot hold stood where an event's data must be JSON. A defect of the caller. */
export class NotJson extends TypeError {
  override readonly name = 'NotJson';
  constructor(
    readonly path: string,
    found: string,
  ) {
    super(`${path} holds ${found}, which is not JSON`);
  }
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  // A plain object of another realm has a prototype that itself has none.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const objectToJson = (value: object, path: string, depth: number): JsonObject => {
  if (!isPlain(value)) throw new NotJson(path, `an instance of ${value.constructor.name}`);
  if (Object.getOwnPropertySymbols(value).length > 0) throw new NotJson(path, 'a symbol key');
  const fields: [string, Json][] = [];
  for (const [key, inner] of Object.entries(value))
    if (inner !== undefined) fields.push([key, valueToJson(inner, `${path}.${key}`, depth + 1)]);
  return Object.fromEntries(fields);
};

const numberToJson = (value: number, path: string): number => {
  if (!Number.isFinite(value)) throw new NotJson(path, String(value));
  // JSON has no negative zero.
  return value === 0 ? 0 : value;
};

const valueToJson = (value: unknown, path: string, depth: number): Json => {
  if (depth > JSON_DEPTH_MAX) throw new NotJson(path, 'nesting without end');
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return numberToJson(value, path);
  if (Array.isArray(value))
    return Array.from(value, (inner, index) => valueToJson(inner, `${path}[${index}]`, depth + 1));
  if (typeof value === 'object') return objectToJson(value, path, depth);
  throw new NotJson(path, `a ${typeof value}`);
};

/**
 * A copy of `value` that is JSON and only JSON: what comes back from the log equals it. Optional
 * fields that are undefined are dropped; anything else that JSON cannot hold throws NotJson.
 */
export const toJson = (value: object, name: string): JsonObject => objectToJson(value, name, 1);
