import { comparePositions, type Position } from '#kernel';
import { partName, type Part } from '#view-store';
import { Conditions } from './conditions.js';
import { DeadlinesRun } from './deadlines-run.js';
import { dispatcherItems, policyItems } from './items.js';
import { Leadership } from './leadership.js';
import type { FollowerRun } from './run.js';
import type { FollowerTools, RunFollower, Tenure, Term } from './tools.js';
import { WorkRun } from './work-run.js';

/** One part of a follower for as long as the process lives: run whenever its lease is ours. */
export class Attendance {
  readonly #conditions = new Conditions();
  readonly #leadership: Leadership;
  #run: FollowerRun | null = null;

  constructor(
    readonly follower: RunFollower,
    private readonly part: Part,
    private readonly tools: FollowerTools,
  ) {
    const { name } = follower;
    const division = { follower: name, parts: part.of };
    const lease = { lease: partName(name, part), follower: name, division };
    this.#leadership = new Leadership(lease, (tenure) => this.#serve(tenure), tools);
  }

  /** The run under the present lease, if this process holds it. */
  get run(): FollowerRun | null {
    return this.#run;
  }

  start(): void {
    this.#leadership.start();
  }

  stop(): Promise<void> {
    return this.#leadership.stop();
  }

  /** Resolves once this process has followed up to `position`, everything done or parked. */
  passed(position: Position): Promise<void> {
    return this.#conditions.when(() => isAt(this.#run, position));
  }

  /** Resolves once that, and nothing is owed that was due at `nowMs`. */
  settled(position: Position | null, nowMs: number): Promise<void> {
    return this.#conditions.when(
      () =>
        this.#run !== null &&
        (position === null || isAt(this.#run, position)) &&
        !this.#run.isOwing(nowMs),
    );
  }

  async #serve(tenure: Tenure): Promise<void> {
    const { name } = this.follower;
    const moved = (): void => this.#conditions.tell();
    const term: Term = {
      ...tenure,
      follower: name,
      part: this.part,
      partName: partName(name, this.part),
      moved,
    };
    try {
      this.#run = await open(this.follower, term, this.tools);
      moved();
      await this.#run.follow();
    } finally {
      this.#run = null;
    }
  }
}

const isAt = (run: FollowerRun | null, position: Position): boolean => {
  const at = run?.position ?? null;
  return at !== null && comparePositions(at, position) >= 0;
};

const open = (follower: RunFollower, term: Term, tools: FollowerTools): Promise<FollowerRun> => {
  if (follower.kind === 'deadlines') return DeadlinesRun.open(follower, term, tools);
  const items =
    follower.kind === 'policy' ? policyItems(follower, tools) : dispatcherItems(follower);
  return WorkRun.open(follower, items, term, tools);
};
