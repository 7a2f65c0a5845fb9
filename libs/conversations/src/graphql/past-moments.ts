import { Inject, Injectable } from '@nestjs/common';
import { comparePositions, epochMs, type Instant, type Position } from '#kernel';
import type { Principal } from '#access';
import { edgeError, OwnWrites } from '#edge';
import { CLOCK, type Clock } from '#engine';
import { EventQueries } from '../views/event-queries.js';
import type { ByThen } from '../views/past.js';
import { LogPlaces } from './log-places.js';
import { organisationOf } from './viewpoints.js';

/** An instant, or a cursor of the log: one of the two. */
export type AsOf = { readonly time?: Instant | null; readonly position?: string | null };

/** A moment of the past: what had been recorded by then, and what the clock showed. */
export type PastMoment = {
  readonly byThen: ByThen;
  readonly atMs: number;
  /** Null when it was named by an instant. */
  readonly position: Position | null;
};

/** Finds the moments that clients name. */
@Injectable()
export class PastMoments {
  constructor(
    private readonly places: LogPlaces,
    private readonly events: EventQueries,
    private readonly ownWrites: OwnWrites,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Null before anything had been recorded of the organisation. */
  async of(principal: Principal, { time, position: cursor }: AsOf): Promise<PastMoment | null> {
    if (typeof time === 'string' && typeof cursor !== 'string') return this.atTime(epochMs(time));
    if (typeof cursor !== 'string' || typeof time === 'string')
      throw edgeError('BAD_USER_INPUT', 'Give asOf a time or a position, and not both.', {
        field: 'asOf',
      });
    const position = await this.places.read(principal, cursor);
    await this.ownWrites.reached(position);
    const atMs = await this.events.recordedAtMs(organisationOf(principal), position);
    const byThen: ByThen = (recorded) => comparePositions(recorded.position, position) <= 0;
    return atMs === null ? null : { byThen, atMs, position };
  }

  private atTime(atMs: number): PastMoment {
    if (atMs > this.clock.now())
      throw edgeError('BAD_USER_INPUT', 'asOf.time has not come yet: nothing stood then.', {
        field: 'asOf.time',
      });
    const byThen: ByThen = ({ metadata }) => epochMs(metadata.recordedAt) <= atMs;
    return { byThen, atMs, position: null };
  }
}
