import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isJsonObject, type Json, type JsonObject } from '#kernel';
import { change, daniel, delivery, messageOf, metaBytes, receipt, text } from './spec/bodies.js';
import { messageShapes } from './spec/shapes.js';
import { readWebhook, webhookLimits } from './webhook.js';
import type { WebhookItem } from './webhook-item.js';

/** `FUZZ_RUNS=100000` looks longer; each test takes its share. */
// eslint-disable-next-line node/no-process-env -- how long a spec looks is no configuration.
const runsMax = Number(process.env['FUZZ_RUNS'] ?? 2_000);
const msMax = 20 * 60_000;
const runs = { numRuns: Math.ceil(runsMax / 2) };

const pair: JsonObject = { message_id: 'wamid.0', original_message_id: 'wamid.0', emoji: '👍' };
const messages: readonly JsonObject[] = [
  ...Object.values(messageShapes).map(messageOf),
  messageOf({ type: 'reaction', reaction: pair }),
  messageOf({ type: 'revoke', revoke: pair }),
  messageOf({ type: 'edit', edit: { ...pair, message: { type: 'text', text: { body: 'a' } } } }),
];
const call = { ...messageOf({ event: 'connect', direction: 'USER_INITIATED' }), to: '1' };
const echo = { ...text({}), from: '447700900123', to: '447700900281' };
const callStatus = receipt({ type: 'call', status: 'ACCEPTED' });
const failed = receipt({ status: 'failed', errors: [{ code: 131047 }], pricing: { type: 'r' } });

/** One body with everything that is known. */
const whole: Json = delivery(
  change({ contacts: [daniel], messages: [...messages] }),
  change({ statuses: [receipt({}), failed, callStatus], errors: [{ code: 131000 }] }),
  { ...change({ calls: [call] }), field: 'calls' },
  { ...change({ message_echoes: [echo] }), field: 'smb_message_echoes' },
  { field: 'account_update', value: { event: 'DISABLED_UPDATE' } },
);
const neighbour = text({ id: 'wamid.neighbour', text: { body: 'And mine?' } });

/** What the log can hold: finite numbers, and no deeper than the body itself may be. */
const isStorable = (value: unknown, depth = 0): boolean => {
  if (depth > webhookLimits.depthMax) return false;
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  return (
    typeof value === 'object' && Object.values(value).every((each) => isStorable(each, depth + 1))
  );
};

const kinds = new Set<WebhookItem['kind']>([
  'message',
  'reaction',
  'edit',
  'revoke',
  'call',
  'echo',
  'status',
  'notice',
  'unreadable',
]);

/** Each item is one of the kinds that there are, has its place, and can be kept. */
const expectItems = (items: readonly WebhookItem[]): void => {
  for (const item of items) {
    if (!kinds.has(item.kind)) throw new Error(`an item of no kind: ${JSON.stringify(item)}`);
    if (item.item.length !== 16 || item.partition.length !== 16) throw new Error('no place');
    if (!isStorable(item)) throw new Error(`cannot be kept: ${JSON.stringify(item)}`);
  }
};

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

const oddValues: readonly Json[] = [null, '', 0, 1e308, -1, true, [], {}, [[]], [null], { id: {} }];
const oddWords = ['__proto__', '1795184400', 'wamid.0', 'text', 'reaction', '{"a":1}', '\ud800'];
const oddities = fc.constantFrom<Json>(...oddValues, ...oddWords);
const to = fc.oneof(
  oddities,
  fc.constant(undefined),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as Json),
);

describe('whatever comes', () => {
  const bytes = metaBytes(whole);

  it(
    'F20: changed bytes never throw, and what is read of them can be kept',
    () => {
      const mutation = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
      const mutations = fc.array(mutation, { minLength: 1, maxLength: 8 });
      fc.assert(
        fc.property(mutations, (changed) => {
          const mutated = Buffer.from(bytes);
          for (const [offset, byte] of changed) mutated[offset] = byte;
          expectItems(readWebhook(mutated, 'key'));
        }),
        runs,
      );
    },
    msMax,
  );

  it(
    'F17, F20: changed parts of updates cost neither an update nor its neighbour',
    () => {
      const lists = ['messages', 'statuses', 'calls', 'message_echoes'] as const;
      const updates = {
        messages,
        statuses: [receipt({}), failed, callStatus],
        calls: [call],
        message_echoes: [echo],
      };
      const update = fc
        .constantFrom(...lists)
        .chain((list) => fc.tuple(fc.constant(list), fc.constantFrom(...updates[list])));
      const places = fc.tuple(fc.nat(), to);
      fc.assert(
        fc.property(
          update,
          fc.array(places, { minLength: 1, maxLength: 4 }),
          ([list, base], odd) => {
            const mutated = odd.reduce<Json>((value, [n, part]) => {
              const paths = pathsOf(value);
              return changedAt(value, paths[n % paths.length] ?? [], part);
            }, base);
            const around = { contacts: [daniel], messages: [neighbour] };
            const items = readWebhook(
              metaBytes(delivery(change({ [list]: [mutated] }), change(around))),
              'key',
            );
            expectItems(items);
            expect(items.map(({ kind }) => kind).slice(1)).toEqual(['message']);
            expect(items[1]).toMatchObject({ providerMessageId: 'wamid.neighbour' });
          },
        ),
        runs,
      );
    },
    msMax,
  );

  it(
    'F20: changed frames never throw',
    () => {
      const paths = pathsOf(whole);
      fc.assert(
        fc.property(fc.constantFrom(...paths), to, (path, part) => {
          expectItems(readWebhook(metaBytes(changedAt(whole, path, part)), 'key'));
        }),
        { numRuns: Math.ceil(runsMax / 10) },
      );
    },
    msMax,
  );
});
