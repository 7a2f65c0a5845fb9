import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Delivery, MessageRow } from '#conversations/spec';
import { Machine } from './machine/machine.js';
import { Random } from './machine/random.js';
import { simulate, usual, type Outcome } from './simulate.js';
import { worldOf } from './world.js';

const randomSeeds = 1_000_000_000;
const fixed = [2, 3, 9, 114, 1001, 2026] as const;
const drawn = Array.from({ length: 4 }, () => Math.floor(Math.random() * randomSeeds));
const secondMs = 1_000;
const runWithinMs = 120_000;

/** What a failing run says: its seed, and how it came to that. */
const told = ({ seed, broken, trace }: Outcome): string =>
  broken === null
    ? 'kept'
    : [`npm run simulate -- --seed ${seed} --sends 25`, broken.message, ...trace].join('\n');

const run = (seed: number) => simulate({ ...usual, seed, sends: 25 });

describe('some days of a business in which everything goes wrong', () => {
  process.stdout.write(`random seeds: ${drawn.join(' ')}\n`);

  it.each([...fixed, ...drawn])(
    'P7–P17: every promise is kept with seed %i',
    async (seed) => {
      expect(told(await run(seed))).toBe('kept');
    },
    runWithinMs,
  );

  it(
    'P24: the same seed leaves the same trace, another seed another',
    async () => {
      const [first, again, other] = [await run(7), await run(7), await run(8)];
      expect(again.hash).toBe(first.hash);
      expect(other.hash).not.toBe(first.hash);
    },
    runWithinMs,
  );
});

const statuses = ['sent', 'delivered', 'read', 'failed'] as const;

/** How a message is shown whose receipts came in this order, some of them twice. */
const shownAfter = async (order: readonly (typeof statuses)[number][]) => {
  const random = new Random('receipts');
  const machine = new Machine(Date.UTC(2026, 10, 20, 9), random.fork('machine'));
  const world = worldOf(machine, random, { ...usual, crash: 0, tells: false });
  const { customers, staff, providers, ledger, durable, processes } = world;
  await world.setUp();
  machine.isQuiet = true;
  customers.writesOnWhatsApp();
  await machine.run(machine.nowMs + 10 * secondMs);
  staff.writes();
  await machine.run(machine.nowMs + 10 * secondMs);
  const [taken] = ledger.acceptances;
  if (!taken) throw new Error('WhatsApp took nothing');
  const callbackData = `1.${taken.threadId}.${taken.messageId}.${taken.attempt}`;
  order.forEach((status, place) => {
    const value = {
      id: taken.providerId,
      status,
      timestamp: String(Math.floor(taken.atMs / secondMs) + statuses.indexOf(status)),
      recipient_id: taken.phone,
      biz_opaque_callback_data: callbackData,
      ...(status === 'failed' ? { errors: [{ code: 131026, title: 'no' }] } : {}),
    };
    providers.whatsApp.deliver({ statuses: [value] }, place * secondMs, () => undefined);
  });
  await machine.run(machine.nowMs + 60 * secondMs);
  processes.kill();
  const row = durable.views.rowsOf('messages').get(taken.messageId) as unknown as MessageRow;
  const delivery = JSON.parse(row.delivery ?? 'null') as Delivery;
  return { ...row, delivery: { ...delivery, receipts: delivery.receipts.toSorted() } };
};

it(
  'P11: receipts in whatever order, once or twice, show the same message',
  async () => {
    const expected = await shownAfter(statuses);
    expect(expected.status).toBe('READ');
    const order = fc
      .shuffledSubarray([...statuses, ...statuses], { minLength: 4 })
      .filter((some) => new Set(some).size === statuses.length);
    await fc.assert(
      fc.asyncProperty(order, async (some) => {
        expect(await shownAfter(some)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  },
  runWithinMs,
);
