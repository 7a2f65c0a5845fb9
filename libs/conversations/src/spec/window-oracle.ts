import { dayMs } from './people.js';

// The window, said a second time and otherwise: no fold and no latest message, but each moment is
// asked of the whole list of what happened. It shares nothing with `domain/window.ts`.

/** What the provider told of the customer. Epoch milliseconds. */
export type Act = { readonly claimedMs: number; readonly receivedMs: number };

export type Told = {
  /** What opens the window, in any order. */
  readonly acts: readonly Act[];
  /** When each message was started that the provider refused because of the window. */
  readonly refusedStartsMs: readonly number[];
};

/** Nobody writes in the future: who claims to has written when we heard of it. */
const wroteMs = ({ claimedMs, receivedMs }: Act): number =>
  claimedMs > receivedMs ? receivedMs : claimedMs;

/** Whether there is a message that is younger than a day and that no refusal came after. */
export const isOpenAt = ({ acts, refusedStartsMs }: Told, ms: number): boolean =>
  acts.some(
    (act) =>
      ms - wroteMs(act) < dayMs && refusedStartsMs.every((startMs) => startMs < wroteMs(act)),
  );

/** The first of these moments, ascending, at which it is a day since each message; or undefined. */
export const firstClosed = ({ acts }: Told, momentsMs: readonly number[]): number | undefined =>
  acts.length === 0
    ? undefined
    : momentsMs.find((ms) => acts.every((act) => ms - wroteMs(act) >= dayMs));

/** Each moment at which something may change, and its neighbours, ascending. */
export const momentsOf = ({ acts, refusedStartsMs }: Told): readonly number[] =>
  [...acts.map(wroteMs), ...acts.map((act) => wroteMs(act) + dayMs), ...refusedStartsMs]
    .flatMap((ms) => [ms - 1, ms, ms + 1])
    .toSorted((one, other) => one - other);
