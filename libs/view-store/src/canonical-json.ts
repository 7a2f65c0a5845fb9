/**
 * The one JSON text of a value, for every json column and fingerprint: object keys sorted by their
 * UTF-16 units, no white space. Throws a TypeError, naming the place, for anything that is not JSON
 * (`undefined`, bigint, NaN, Date, Map, …): such a value would read back as something else.
 */
export const canonicalJson = (value: unknown): string => write(value, '$', 0);

/** Deeper values than this are a cycle or a mistake. */
const depthMax = 100;

const write = (value: unknown, place: string, depth: number): string => {
  if (depth > depthMax) throw new TypeError(`${place} is nested too deeply to be JSON`);
  if (value === null || typeof value === 'boolean' || typeof value === 'string')
    return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    const items = Array.from(value, (item, n) => write(item, `${place}[${n}]`, depth + 1));
    return `[${items.join(',')}]`;
  }
  if (isPlainObject(value)) return writeObject(value, place, depth);
  throw new TypeError(`${place} is not JSON`);
};

const writeObject = (
  value: { readonly [name: string]: unknown },
  place: string,
  depth: number,
): string => {
  // Hot: every step of every message's delivery is written here.
  let members = '';
  for (const name of Object.keys(value).sort()) {
    const member = write(value[name], `${place}.${name}`, depth + 1);
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${member}`;
  }
  return `{${members}}`;
};

const isPlainObject = (value: unknown): value is { readonly [name: string]: unknown } => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};
