import type { Position } from '#kernel';

/** A follower at work under one lease. */
export interface FollowerRun {
  /** Reads and works until the term ends, then lets what has begun come to its end. */
  follow(): Promise<void>;
  /** Up to where everything is done or parked. */
  readonly position: Position | null;
  readonly inFlight: number;
  readonly aside: number;
  /** Whether something is owed at `nowMs` besides what the log asks for: deadlines alone. */
  isOwing(nowMs: number): boolean;
}
