import { Inject, Injectable } from '@nestjs/common';
import { parseConversationId } from '#kernel';
import type { Principal } from '#access';
import { edgeError } from '#edge';
import { HISTORY, type History } from '#engine';
import { Past, PastTooLong, pastFactsMax } from '../views/past.js';
import type { Reads } from '../views/reads.js';
import { conversationShape, type ConversationShape } from './conversation-shape.js';
import { PastMoments, type AsOf } from './past-moments.js';
import { Viewpoints, organisationOf } from './viewpoints.js';

/** Looks back into the past that are made at once; those that come meanwhile wait. */
const atOnceMax = 2;
/** Looks back that wait; one more is told to come again. */
const waitingMax = 50;

/** Gives a conversation the shape that it had, from the facts that had been recorded by then. */
@Injectable()
export class PastReading {
  private underWay = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly moments: PastMoments,
    private readonly viewpoints: Viewpoints,
    @Inject(HISTORY) private readonly history: History,
  ) {}

  /** Null when it had not begun by then. */
  async conversation(
    principal: Principal,
    id: string,
    asOf: AsOf,
  ): Promise<ConversationShape | null> {
    const organisation = organisationOf(principal);
    const then = await this.moments.of(principal, asOf);
    const named = parseConversationId(id);
    if (!then || !named) return null;
    const past = new Past(this.history, organisation, then.byThen);
    const found = await this.inTurn(() => past.conversation(named.thread, id));
    if (!found) return null;
    const position = then.position ?? found.position;
    const reads = this.inTurnToo(found.reads);
    const moment = { atMs: then.atMs, position };
    const surroundings = this.viewpoints.ofThen(principal, { ...found, reads }, moment);
    return conversationShape(found.row, found.newest, surroundings);
  }

  /** What is read only when it is asked for may be as long as the rest. */
  private inTurnToo(reads: Reads): Reads {
    return { ...reads, previous: (...asked) => this.inTurn(() => reads.previous(...asked)) };
  }

  private async inTurn<T>(look: () => Promise<T>): Promise<T> {
    if (this.waiting.length >= waitingMax)
      throw edgeError('BUSY', 'Too many look into the past at once. Try again shortly.');
    if (this.underWay >= atOnceMax) await new Promise<void>((go) => this.waiting.push(go));
    else this.underWay += 1;
    try {
      return await look();
    } catch (error) {
      throw error instanceof PastTooLong ? tooLong() : error;
    } finally {
      // Whoever waits takes the turn over; it is given back when nobody does.
      const next = this.waiting.shift();
      if (next) next();
      else this.underWay -= 1;
    }
  }
}

const tooLong = () =>
  edgeError(
    'LIMIT_EXCEEDED',
    `There are more than ${pastFactsMax} facts to read by then, too many to look back. ` +
      'Read them one by one, with events(filter: { conversationId }).',
    { field: 'asOf', limit: pastFactsMax },
  );
