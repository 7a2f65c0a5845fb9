import { comparePositions, type Position } from '#kernel';
import { Attendance } from './attendance.js';
import type { FollowerRun } from './run.js';
import type { FollowerTools, RunFollower } from './tools.js';

/** A part is a lease and a reader of its own: what is more is cost without use. */
const PARTS_MAX = 64;

export type FollowerStatus = {
  readonly follower: string;
  /** Whether this process holds the lease of a part and has begun. */
  readonly leads: boolean;
  readonly partsLed: number;
  readonly parts: number;
  /**
   * Up to where this process has done or parked everything in the parts that it leads; null before the
   * first event, or when it leads none.
   */
  readonly position: Position | null;
  readonly inFlight: number;
  readonly waitingAside: number;
  readonly parked: number;
};

/**
 * Runs policies, deadlines and dispatchers: each under its lease, its keys side by side, strictly in
 * order within a key, from a checkpoint below which everything is done or parked. Whatever it asks
 * for may be asked for again after a crash, with the same command id.
 */
export class FollowerRuntime {
  /** The parts of each follower. */
  readonly #attended: readonly (readonly Attendance[])[];
  readonly #all: readonly Attendance[];

  /** Throws, as a defect, when two followers have one name: they would share a checkpoint. */
  constructor(
    private readonly tools: FollowerTools,
    followers: readonly RunFollower[],
  ) {
    const names = new Set(followers.map(({ name }) => name));
    if (names.size < followers.length) throw new Error('two followers have the same name');
    const { parts } = tools.limits;
    if (!(Number.isSafeInteger(parts) && parts >= 1 && parts <= PARTS_MAX))
      throw new RangeError(`a follower has 1 to ${PARTS_MAX} parts, not ${parts}`);
    this.#attended = followers.map((follower) =>
      Array.from(
        { length: parts },
        (_, index) => new Attendance(follower, { index, of: parts }, tools),
      ),
    );
    this.#all = this.#attended.flat();
  }

  /** Begins; returns at once. Each follower works as soon as it has its lease. */
  start(): void {
    for (const attendance of this.#all) attendance.start();
  }

  /**
   * Reads nothing more, lets what has begun end (for a bounded time), saves the checkpoints and lets
   * the leases go.
   */
  async stop(): Promise<void> {
    await Promise.all(this.#all.map((attendance) => attendance.stop()));
  }

  /**
   * Resolves once every follower has done or parked everything that is on the log at the moment of
   * the call. What it leads to stands behind that: ask again. Needs every lease, and never resolves
   * while another process holds one.
   */
  async caughtUp(): Promise<void> {
    await Promise.all(
      this.#all.map(async (attendance) => {
        const newest = await this.#newest(attendance.follower);
        if (newest !== null) await attendance.passed(newest);
      }),
    );
  }

  /**
   * Resolves once every deadline has been decided (or parked) that is due at the clock's present
   * instant, those of facts included that are on the log at the moment of the call.
   */
  async settled(): Promise<void> {
    const nowMs = this.tools.clock.now();
    const attended = this.#all.filter(({ follower }) => follower.kind === 'deadlines');
    await Promise.all(
      attended.map(async (attendance) =>
        attendance.settled(await this.#newest(attendance.follower), nowMs),
      ),
    );
  }

  /** One line for each follower, in the order in which they were given. */
  status(): Promise<readonly FollowerStatus[]> {
    return Promise.all(this.#attended.map((parts) => this.#statusOf(parts)));
  }

  async #statusOf(parts: readonly Attendance[]): Promise<FollowerStatus> {
    const runs = parts.flatMap(({ run }) => (run === null ? [] : [run]));
    const follower = parts[0]?.follower.name ?? '';
    const sum = (count: (run: FollowerRun) => number): number =>
      runs.reduce((total, run) => total + count(run), 0);
    return {
      follower,
      leads: runs.length > 0,
      partsLed: runs.length,
      parts: parts.length,
      position: oldest(runs.map(({ position }) => position)),
      inFlight: sum(({ inFlight }) => inFlight),
      waitingAside: sum(({ aside }) => aside),
      parked: await this.tools.store.parkedCount(follower),
    };
  }

  /** The newest event that the follower will be shown. */
  async #newest({ streams }: RunFollower): Promise<Position | null> {
    const options = { direction: 'backwards', prefixes: streams, maxCount: 1 } as const;
    for await (const { position } of this.tools.log.readAll(options)) return position;
    return null;
  }
}

/** Null when one of them has not begun, or there is none. */
const oldest = (positions: readonly (Position | null)[]): Position | null => {
  let first: Position | null = positions[0] ?? null;
  for (const position of positions) {
    if (position === null || first === null) return null;
    if (comparePositions(position, first) < 0) first = position;
  }
  return first;
};
