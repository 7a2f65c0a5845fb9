import fc from 'fast-check';
import { isJsonObject, type Json, type JsonObject } from '#kernel';
import { change, daniel, delivery, messageOf, receipt, text } from './bodies.js';
import { messageShapes } from './shapes.js';

const pair: JsonObject = { message_id: 'wamid.0', original_message_id: 'wamid.0', emoji: '👍' };
const messages: readonly JsonObject[] = [
  ...Object.values(messageShapes).map(messageOf),
  text({ from_user_id: 'GB.20417733118' }),
  text({ group_id: 'group-1' }),
  messageOf({ type: 'reaction', reaction: pair }),
  messageOf({ type: 'revoke', revoke: pair }),
  messageOf({ type: 'edit', edit: { ...pair, message: { type: 'text', text: { body: 'a' } } } }),
];
const call = { ...messageOf({ event: 'connect', direction: 'USER_INITIATED' }), to: '1' };
const echo = { ...text({}), from: '447700900123', to: '447700900281' };
const callStatus = receipt({ type: 'call', status: 'ACCEPTED' });
const failed = receipt({ status: 'failed', errors: [{ code: 131047 }], pricing: { type: 'r' } });
const ours = receipt({ biz_opaque_callback_data: 'CALLBACK' });

const renamed: JsonObject = {
  wa_id: '447700900281',
  user_id: { previous: 'GB.20417733118', current: 'GB.20417733119' },
  timestamp: '1795184402',
};

/** Every update that is known, by the list of a change that it stands in. */
export const knownUpdates = {
  messages,
  statuses: [
    ...['sent', 'delivered', 'read', 'played'].map((status) => receipt({ status })),
    ours,
    failed,
    callStatus,
  ],
  calls: [call],
  message_echoes: [echo],
  user_id_update: [renamed],
} as const satisfies { readonly [list: string]: readonly JsonObject[] };

type List = keyof typeof knownUpdates;
export type KnownUpdate = { readonly list: List; readonly update: Json };

/** One body with everything that is known. */
export const whole: JsonObject = delivery(
  change({ contacts: [daniel], messages: [...messages] }),
  change({ statuses: [...knownUpdates.statuses], errors: [{ code: 131000 }] }),
  { ...change({ calls: [call] }), field: 'calls' },
  { ...change({ message_echoes: [echo] }), field: 'smb_message_echoes' },
  { ...change({ user_id_update: [renamed] }), field: 'user_id_update' },
  { field: 'account_update', value: { event: 'DISABLED_UPDATE' } },
);

/** An update with another, of which nothing is changed, behind it. */
export const besideNeighbour = ({ list, update }: KnownUpdate, neighbour: JsonObject): JsonObject =>
  delivery(
    {
      ...change({ [list]: [update] }),
      field: list === 'user_id_update' ? list : 'messages',
    },
    change({ contacts: [daniel], messages: [neighbour] }),
  );

const pathsOf = (value: Json, path: readonly string[] = []): readonly (readonly string[])[] => {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([name, each]) => pathsOf(each, [...path, name]))];
};

/** `value` with what stands at `path` changed. */
const changedAt = (value: Json, path: readonly string[], to: Json | undefined): Json => {
  const [name, ...rest] = path;
  if (name === undefined) return to ?? null;
  if (Array.isArray(value))
    return value.map((each, n) => (n === Number(name) ? changedAt(each, rest, to) : each));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, each]): [string, Json][] => {
    if (key !== name) return [[key, each]];
    return rest.length === 0 && to === undefined ? [] : [[key, changedAt(each, rest, to)]];
  });
  return Object.fromEntries(entries);
};

const deeper = (levels: number): Json => (levels === 0 ? [] : [deeper(levels - 1)]);
const oddValues: readonly Json[] = [null, '', 0, 1e308, -1, true, [], {}, [[]], [null], { id: {} }];

/** Texts that something may stumble over. */
export const oddWords: readonly string[] = [
  '__proto__',
  '1795184400',
  'wamid.0',
  'text',
  'reaction',
  '{"a":1}',
  '\ud800',
  '\u0000',
  '\r\nx: y',
  "'; DROP TABLE message; --",
  '٤٤٧٧٠٠٩٠٠٢٨١',
  'x'.repeat(5_000),
];

/** What stands anywhere instead; undefined: nothing at all. */
const instead: fc.Arbitrary<Json | undefined> = fc.oneof(
  fc.constantFrom<Json>(...oddValues, ...oddWords),
  fc.constant(undefined),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as Json),
);

/** `base` with one to four of its parts changed or taken away, itself perhaps. */
const mutated = (base: Json): fc.Arbitrary<Json> =>
  fc.array(fc.tuple(fc.nat(), instead), { minLength: 1, maxLength: 4 }).map((changes) =>
    changes.reduce<Json>((value, [n, to]) => {
      const paths = pathsOf(value);
      return changedAt(value, paths[n % paths.length] ?? [], to);
    }, base),
  );

export const knownUpdate: fc.Arbitrary<KnownUpdate> = fc
  .constantFrom(...(Object.keys(knownUpdates) as readonly List[]))
  .chain((list) =>
    fc.constantFrom<Json>(...knownUpdates[list]).map((update) => ({ list, update })),
  );

export const mutatedUpdate: fc.Arbitrary<KnownUpdate> = knownUpdate.chain(({ list, update }) =>
  mutated(update).map((changed) => ({ list, update: changed })),
);

/** A body of which any one part, its frame as well, is changed; perhaps nested too deep. */
export const mutatedFrame = (body: JsonObject): fc.Arbitrary<Json> => {
  const to = fc.oneof(
    { weight: 20, arbitrary: instead },
    { weight: 1, arbitrary: fc.integer({ min: 16, max: 48 }).map(deeper) },
  );
  return fc
    .tuple(fc.constantFrom(...pathsOf(body)), to)
    .map(([path, part]) => changedAt(body, path, part));
};

/** How up to eight bytes are to be changed, whatever they are of. */
export const byteChanges = fc.array(fc.tuple(fc.nat(), fc.nat(255)), {
  minLength: 1,
  maxLength: 8,
});

export const withBytes = (
  bytes: Buffer,
  changes: readonly (readonly [offset: number, byte: number])[],
): Buffer => {
  const changed = Buffer.from(bytes);
  for (const [offset, byte] of changes) changed[offset % changed.length] = byte;
  return changed;
};
