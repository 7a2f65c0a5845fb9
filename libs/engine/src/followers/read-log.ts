import type { Position, Recorded } from '#kernel';
import { backoffMs } from '../backoff.js';
import type { FollowerTools, RunFollower, Term } from './tools.js';

export type Reader = {
  /** An event of a type that the follower names. Reading goes on once it resolves. */
  readonly event: (recorded: Recorded) => Promise<void>;
  /** Everything up to here is known, and nothing of it but what was shown concerns the follower. */
  readonly passed: (position: Position) => void;
  readonly caughtUp: () => void;
};

/** Follows the log until the term ends. A subscription that fails is opened again where it stood. */
export const readLog = async (
  { streams, types, name }: RunFollower,
  from: Position | null,
  reader: Reader,
  term: Term,
  { log, timer, chance, limits, notify }: FollowerTools,
): Promise<void> => {
  let after = from;
  let failures = 0;
  const follow = async (): Promise<void> => {
    const asked = { after, prefixes: streams, types, signal: term.ending };
    const subscription = log.subscribe(asked);
    for await (const told of subscription) {
      if (term.ending.aborted) return;
      failures = 0;
      if (told.kind === 'caught-up') {
        if (told.position !== null) reader.passed(told.position);
        after = told.position ?? after;
        reader.caughtUp();
        continue;
      }
      await reader.event(told.event);
      after = told.event.position;
    }
  };
  while (!term.ending.aborted)
    try {
      await follow();
    } catch (error) {
      failures += 1;
      notify({ kind: 'reading-failed', follower: name, error });
      await timer.sleep(backoffMs(failures, limits.backoff, chance), term.ending).catch(() => {});
    }
};
