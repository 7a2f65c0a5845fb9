import type { Backoff } from '../backoff.js';

export type DecisionLimits = {
  /** Streams whose fold is kept in memory; more only while they are being worked on. */
  readonly streamsKept: number;
  /** Commands of one stream that wait for their answer; one more is Busy. */
  readonly commandsPerStream: number;
  /** Facts in one append, unless a single command brings more: its facts are never parted. */
  readonly factsPerAppend: number;
  /** How often a batch is decided again because another process decided first. */
  readonly conflicts: number;
  /** Of those, how often at once; then each lets the others go first for a while. */
  readonly conflictsAtOnce: number;
  readonly conflictBackoff: Backoff;
  /** How often an append or a read is repeated while the log cannot be reached. */
  readonly repeats: number;
  readonly backoff: Backoff;
};

/** What the engine is built for; specs choose smaller ones. */
export const decisionLimits: DecisionLimits = {
  streamsKept: 10_000,
  commandsPerStream: 1_000,
  factsPerAppend: 500,
  conflicts: 20,
  conflictsAtOnce: 3,
  conflictBackoff: { firstMs: 5, maxMs: 100 },
  repeats: 5,
  backoff: { firstMs: 50, maxMs: 2_000 },
};
