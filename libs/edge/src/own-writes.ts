import { organisationId, type Position } from '#kernel';
import type { Principal } from '#access';
import type { ViewStore } from '#view-store';
import type { Cursors } from './cursors.js';
import type { OperationContext } from './graphql/context.js';
import { edgeError } from './graphql/errors.js';

/** A query waits this long for the views to reach the place it asks for. */
const reachWithinMs = 2_000;

/** Lets a client read what it wrote: by the Casement-Position header, a payload's `position`. */
export class OwnWrites {
  constructor(
    private readonly cursors: Cursors,
    private readonly views: Pick<ViewStore, 'reached'>,
  ) {}

  /** Throws CURSOR_EXPIRED for a cursor that is not ours, STALE_READ when the views take too long. */
  async shown(principal: Principal, { position: cursor }: OperationContext): Promise<void> {
    if (cursor === null) return;
    await this.reached(this.cursors.readLog(cursor, organisationId(principal.organisationId)));
  }

  /** Throws STALE_READ when the views take too long to reach the place. */
  async reached(position: Position): Promise<void> {
    if (await this.views.reached(position, reachWithinMs)) return;
    const lagMs = reachWithinMs;
    throw edgeError('STALE_READ', 'The views have not reached that position. Ask again.', {
      lagMs,
    });
  }
}
