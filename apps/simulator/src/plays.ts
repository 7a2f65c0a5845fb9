import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from './limits.js';
import type { Mood } from './moods.js';

/** The receipts of accepted messages, one after another, as the provider's mood says. */
export type Plays<Receipt> = {
  /** False when too many are playing. */
  readonly mayPlay: () => boolean;
  /** Each receipt is made when its turn comes. */
  readonly play: (steps: readonly (() => Receipt)[]) => void;
  readonly sendOrHold: (receipt: Receipt) => void;
  /** How many were held and go out now. */
  readonly release: () => number;
  readonly heldCount: () => number;
  readonly close: () => Promise<void>;
};

export type PlayOptions<Receipt> = {
  readonly mood: () => Mood;
  readonly deliver: (receipt: Receipt) => Promise<unknown>;
  readonly changed: () => void;
};

const inMood = <Step>(steps: readonly Step[], mood: Mood): readonly Step[] => {
  const ordered = mood.shuffleReceipts ? steps.toReversed() : steps;
  return mood.doubleReceipts ? ordered.flatMap((each) => [each, each]) : ordered;
};

export const createPlays = <Receipt>({
  mood,
  deliver,
  changed,
}: PlayOptions<Receipt>): Plays<Receipt> => {
  const closing = new AbortController();
  // Whoever waits listens for the end; how many wait is bounded elsewhere.
  setMaxListeners(0, closing.signal);
  const plays = new Set<Promise<void>>();
  let held: Receipt[] = [];

  const sendOrHold = (receipt: Receipt): void => {
    if (mood().holdReceipts) held = [...held, receipt].slice(-limits.heldReceiptsMax);
    else void deliver(receipt);
    changed();
  };
  const run = async (steps: readonly (() => Receipt)[]): Promise<void> => {
    for (const make of inMood(steps, mood())) {
      await sleep(mood().receiptDelayMs, undefined, { signal: closing.signal });
      sendOrHold(make());
    }
  };

  return {
    mayPlay: () => plays.size < limits.playsMax,
    play: (steps) => {
      if (mood().receipts === 'manual') return;
      const playing = run(steps).catch(() => undefined);
      plays.add(playing);
      void playing.then(() => plays.delete(playing));
    },
    sendOrHold,
    release: () => {
      const due = held;
      held = [];
      for (const receipt of due) void deliver(receipt);
      return due.length;
    },
    heldCount: () => held.length,
    close: async () => {
      closing.abort();
      await Promise.all(plays);
    },
  };
};
