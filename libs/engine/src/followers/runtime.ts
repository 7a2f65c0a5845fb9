import type { Position } from '#kernel';
import { Attendance } from './attendance.js';
import type { FollowerTools, RunFollower } from './tools.js';

export type FollowerStatus = {
  readonly follower: string;
  /** Whether this process holds the lease and has begun. */
  readonly leads: boolean;
  /** Up to where everything is done or parked; null before the first event, or when it does not lead. */
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
  readonly #attended: readonly Attendance[];

  /** Throws, as a defect, when two followers have one name: they would share a checkpoint. */
  constructor(
    private readonly tools: FollowerTools,
    followers: readonly RunFollower[],
  ) {
    const names = new Set(followers.map(({ name }) => name));
    if (names.size < followers.length) throw new Error('two followers have the same name');
    this.#attended = followers.map((follower) => new Attendance(follower, tools));
  }

  /** Begins; returns at once. Each follower works as soon as it has its lease. */
  start(): void {
    for (const attendance of this.#attended) attendance.start();
  }

  /**
   * Reads nothing more, lets what has begun end (for a bounded time), saves the checkpoints and lets
   * the leases go.
   */
  async stop(): Promise<void> {
    await Promise.all(this.#attended.map((attendance) => attendance.stop()));
  }

  /**
   * Resolves once every follower has done or parked everything that is on the log at the moment of
   * the call. What it leads to stands behind that: ask again. Needs every lease, and never resolves
   * while another process holds one.
   */
  async caughtUp(): Promise<void> {
    await Promise.all(
      this.#attended.map(async (attendance) => {
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
    const attended = this.#attended.filter(({ follower }) => follower.kind === 'deadlines');
    await Promise.all(
      attended.map(async (attendance) =>
        attendance.settled(await this.#newest(attendance.follower), nowMs),
      ),
    );
  }

  /** One line for each follower, in the order in which they were given. */
  status(): Promise<readonly FollowerStatus[]> {
    return Promise.all(this.#attended.map((attendance) => this.#statusOf(attendance)));
  }

  async #statusOf({ follower, run }: Attendance): Promise<FollowerStatus> {
    return {
      follower: follower.name,
      leads: run !== null,
      position: run?.position ?? null,
      inFlight: run?.inFlight ?? 0,
      waitingAside: run?.aside ?? 0,
      parked: await this.tools.store.parkedCount(follower.name),
    };
  }

  /** The newest event that the follower will be shown. */
  async #newest({ streams }: RunFollower): Promise<Position | null> {
    const options = { direction: 'backwards', prefixes: streams, maxCount: 1 } as const;
    for await (const { position } of this.tools.log.readAll(options)) return position;
    return null;
  }
}
