import { Inject, Injectable } from '@nestjs/common';
import { comparePositions, type Position } from '#kernel';
import type { Principal } from '#access';
import { CursorExpired, Cursors } from '#edge';
import { HISTORY, type History } from '#engine';
import { organisationOf } from './viewpoints.js';

/** Reads the places in the log that clients name. */
@Injectable()
export class LogPlaces {
  constructor(
    private readonly cursors: Cursors,
    @Inject(HISTORY) private readonly history: History,
  ) {}

  /** The cursor of a place, for this principal's organisation. */
  cursor(principal: Principal, position: Position): string {
    return this.cursors.forLog(position, organisationOf(principal));
  }

  /**
   * The place of any cursor of the log. Throws CURSOR_EXPIRED: a place beyond the end of the log is of
   * another log, and never waited for in silence.
   */
  async read(principal: Principal, cursor: string): Promise<Position> {
    const position = this.cursors.readLog(cursor, organisationOf(principal));
    const head = await this.history.head();
    if (head === null || comparePositions(position, head) > 0) throw new CursorExpired();
    return position;
  }
}
