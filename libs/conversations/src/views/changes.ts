import { Inject, Injectable } from '@nestjs/common';
import type { Cell, ConversationId, OrganisationId, Position, Recorded } from '#kernel';
import { comparePositions } from '#kernel';
import { HISTORY, LIVE_TAIL, type History, type LiveTail } from '#engine';
import { VIEWS, type ViewStore } from '#view-store';
import type { ConversationEvent } from '../domain/events.js';
import type { FeedRow } from './feed.projection.js';

/** Facts that are read from the feed at once while a listener catches up. */
const feedPageSize = 200;
/** How long a fact may wait for the views, so that what is shown with it is not older than it. */
const viewsReachWithinMs = 10_000;

export type Listener = {
  readonly organisationId: OrganisationId;
  /** Exclusive; null from now on. */
  readonly after: Position | null;
  /** One conversation, or all of the organisation's. */
  readonly conversationId: ConversationId | null;
};

export type Change = Recorded<ConversationEvent>;

/** The views did not keep up with the log. Whoever listens comes again with the last cursor. */
export class ViewsBehind extends Error {
  override readonly name = 'ViewsBehind';
}

/**
 * What happens in conversations, from a place in the log on and without end: first what has happened
 * since, from the feed, then live, from the tail. Each fact comes once, in the order of the log, and
 * not before the views show it. The listener sets the pace.
 */
@Injectable()
export class Changes {
  constructor(
    @Inject(VIEWS) private readonly views: ViewStore,
    @Inject(LIVE_TAIL) private readonly tail: LiveTail<ConversationEvent>,
    @Inject(HISTORY) private readonly history: History<ConversationEvent>,
  ) {}

  async *follow(listener: Listener, signal: AbortSignal): AsyncGenerator<Change, void> {
    let position = listener.after ?? this.tail.newest();
    while (!signal.aborted) {
      const live = this.tail.after(position);
      if (live === null) {
        const caught = await this.fromFeed(listener, position, signal);
        yield* caught.changes;
        position = caught.readTo;
        continue;
      }
      for (const recorded of live.filter((each) => concerns(listener, each))) {
        await this.shown(recorded.position);
        if (signal.aborted) return;
        yield recorded;
      }
      position = live.at(-1)?.position ?? position;
      await this.tail.beyond(position, signal);
    }
  }

  private async fromFeed(
    listener: Listener,
    after: Position | null,
    signal: AbortSignal,
  ): Promise<{ readonly changes: readonly Change[]; readonly readTo: Position | null }> {
    const projected = this.views.position();
    if (projected === null || (after !== null && comparePositions(projected, after) <= 0)) {
      // The ring has gone past a place that the views have not reached yet: wait for them.
      const oldest = this.tail.reachesBackFrom();
      if (oldest && !signal.aborted) await this.shown(oldest);
      return { changes: [], readTo: after };
    }
    const rows = await this.feedPage(listener, after);
    const changes = await Promise.all(rows.map((row) => this.fact(row)));
    const last = rows.at(-1)?.position ?? after;
    const readAll = rows.length < feedPageSize;
    const isLastBeyond = last !== null && comparePositions(last, projected) > 0;
    return { changes, readTo: readAll && !isLastBeyond ? projected : last };
  }

  private feedPage(listener: Listener, after: Position | null): Promise<readonly FeedRow[]> {
    const ofConversation = listener.conversationId ? 'AND conversation_id = ?' : '';
    const parameters: Cell[] = [listener.organisationId, after ?? ''];
    if (listener.conversationId) parameters.push(listener.conversationId);
    return this.views.query<FeedRow>(
      `SELECT * FROM feed WHERE organisation_id = ? AND position > ? ${ofConversation}
       ORDER BY position LIMIT ?`,
      [...parameters, feedPageSize],
    );
  }

  private async fact({ stream, revision }: FeedRow): Promise<Change> {
    const recorded = await this.history.at(stream, BigInt(revision));
    if (!recorded) throw new Error('the feed names a fact that the log does not have');
    return recorded;
  }

  private async shown(position: Position): Promise<void> {
    if (!(await this.views.reached(position, viewsReachWithinMs))) throw new ViewsBehind();
  }
}

const concerns = ({ organisationId, conversationId }: Listener, recorded: Change): boolean =>
  recorded.metadata.organisationId === organisationId &&
  (conversationId === null || recorded.data.conversationId === conversationId);
