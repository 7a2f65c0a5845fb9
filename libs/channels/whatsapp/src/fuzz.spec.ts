import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metaBytes, text } from './spec/bodies.js';
import {
  besideNeighbour,
  byteChanges,
  mutatedFrame,
  mutatedUpdate,
  whole,
  withBytes,
} from './spec/mutations.js';
import { isTrueReason } from './spec/reasons.js';
import { readWebhook, webhookLimits } from './webhook.js';
import type { WebhookItem } from './webhook-item.js';

/** `FUZZ_RUNS=100000` looks longer; each test takes its share. */
// eslint-disable-next-line node/no-process-env -- how long a spec looks is no configuration.
const runsMax = Number(process.env['FUZZ_RUNS'] ?? 2_000);
const msMax = 20 * 60_000;
const runs = { numRuns: Math.ceil(runsMax / 2) };

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
  'user-id',
  'notice',
  'unreadable',
]);

/**
 * The items of a body: each is one of the kinds that there are, has its place, can be kept, and is
 * unreadable only for a reason that is true.
 */
const soundItems = (bytes: Buffer): readonly WebhookItem[] => {
  const items = readWebhook(bytes, 'key');
  for (const item of items) {
    if (!kinds.has(item.kind)) throw new Error(`an item of no kind: ${JSON.stringify(item)}`);
    if (item.item.length !== 16 || item.partition.length !== 16) throw new Error('no place');
    if (!isStorable(item)) throw new Error(`cannot be kept: ${JSON.stringify(item)}`);
    if (item.kind === 'unreadable' && !isTrueReason(item.reason, { ...item, bytes }))
      throw new Error(`could have been read: ${JSON.stringify(item)}`);
  }
  return items;
};

describe('whatever comes', () => {
  const bytes = metaBytes(whole);
  const neighbour = text({ id: 'wamid.neighbour', text: { body: 'And mine?' } });

  it(
    'F20: changed bytes never throw, and what is read of them can be kept',
    () => {
      fc.assert(
        fc.property(byteChanges, (changes) => {
          soundItems(withBytes(bytes, changes));
        }),
        runs,
      );
    },
    msMax,
  );

  it(
    'F17, F20: changed parts of updates cost neither an update nor its neighbour',
    () => {
      fc.assert(
        fc.property(mutatedUpdate, (update) => {
          const items = soundItems(metaBytes(besideNeighbour(update, neighbour)));
          expect(items.map(({ kind }) => kind).slice(1)).toEqual(['message']);
          expect(items[1]).toMatchObject({ providerMessageId: 'wamid.neighbour' });
        }),
        runs,
      );
    },
    msMax,
  );

  it(
    'F20: changed frames never throw',
    () => {
      fc.assert(
        fc.property(mutatedFrame(whole), (changed) => {
          soundItems(metaBytes(changed));
        }),
        { numRuns: Math.ceil(runsMax / 10) },
      );
    },
    msMax,
  );
});
