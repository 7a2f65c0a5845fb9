import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded, type EventToAppend } from '#event-store';
import { eventId } from '#kernel';

// Group commit against one commit per append, as a ratio, so that the machine matters less. Run it
// with `npm run build && node dist/bench/event-store.js [rounds] [simulated sync delay in ms]`.

const APPENDS = 4_000;
const WRITERS = 256;
const PERCENTILE = 0.99;

const anEvent = (): EventToAppend => ({
  id: eventId(randomUUID()),
  type: 'MessageReceived',
  data: { text: 'x'.repeat(300) },
  metadata: { organisationId: 'acme', recordedAt: '2026-01-01T00:00:00.000Z' },
});

type Measured = { readonly perSecond: number; readonly p99Ms: number; readonly commits: number };

const percentile = (values: readonly number[], of: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * of)] ?? NaN;

/** Appends with so many writers at once, each to a stream of its own, and takes the time. */
const measured = async (writers: number, appends: number, delayMs: number): Promise<Measured> => {
  const directory = await mkdtemp(join(tmpdir(), 'casement-bench-'));
  const { store, close } = await openEmbedded({
    directory,
    keyEncryptionKey: randomBytes(32),
    clock: () => Date.now(),
    testing: { commitDelayMs: delayMs },
  });
  const took: number[] = [];
  const writer = async (_: unknown, number: number): Promise<void> => {
    for (let turn = number; turn < appends; turn += writers) {
      const startedAt = performance.now();
      await store.append(`conversation-acme-${number}`, 'any', [anEvent()]);
      took.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: writers }, writer));
  const seconds = (performance.now() - startedAt) / 1000;
  const { commits } = await store.statistics();
  await close();
  await rm(directory, { recursive: true });
  return { perSecond: appends / seconds, p99Ms: percentile(took, PERCENTILE), commits };
};

const shown = (name: string, { perSecond, p99Ms, commits }: Measured): string =>
  `${name} ${Math.round(perSecond)}/s, p99 ${p99Ms.toFixed(1)} ms, ${commits} commits`;

const [, , rounds = '5', delay = '0'] = process.argv;
const ratios: number[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const delayMs = Number(delay);
  // One writer waits for each answer: every append is a commit of its own.
  const alone = await measured(1, delayMs > 0 ? APPENDS / 10 : APPENDS, delayMs);
  const grouped = await measured(WRITERS, APPENDS, delayMs);
  ratios.push(grouped.perSecond / alone.perSecond);
  console.log(`${shown('alone', alone)}; ${shown('grouped', grouped)}`);
}
console.log(`group commit: ${percentile(ratios, 0.5).toFixed(1)} times as many appends (median)`);
