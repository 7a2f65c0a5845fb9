import { setTimeout as wait } from 'node:timers/promises';

/** A scenario runs a real process, on whatever machine there is: its tests may take this long. */
export const scenarioMsMax = 240_000;

const lookAgainAfterMs = 15;
const heldWithinMs = 45_000;

/**
 * What `look` finds, as soon as it finds anything: looks again and again, and gives up with the
 * words of `what`. A look that throws counts as one that found nothing.
 */
export const eventually = async <T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  withinMs = heldWithinMs,
): Promise<T> => {
  const givenUpAtMs = performance.now() + withinMs;
  let met: unknown = null;
  while (performance.now() < givenUpAtMs) {
    try {
      const found = await look();
      if (found !== null && found !== undefined && found !== false) return found;
    } catch (error) {
      met = error;
    }
    await wait(lookAgainAfterMs);
  }
  throw new Error(`Never came to be: ${what}`, { cause: met });
};

/** Runs `work` for each item, so many at a time, in their order; answers in their order. */
export const inParallel = async <T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
};
