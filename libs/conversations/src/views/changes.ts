import { Inject, Injectable } from '@nestjs/common';
import {
  comparePositions,
  parseConversationId,
  type Cell,
  type ConversationId,
  type OrganisationId,
  type Position,
  type Recorded,
  type ThreadId,
} from '#kernel';
import { HISTORY, LIVE_TAIL, type History, type LiveTail } from '#engine';
import { VIEWS, type ViewStore } from '#view-store';
import type { ConversationEvent } from '../domain/events.js';
import { factsOf } from './feed-facts.js';
import type { FeedRow } from './feed.projection.js';

/** Facts that are read at once while a listener catches up, and held until it has taken them. */
const feedPageSize = 200;
const tailPageSize = 200;
/** How long a fact may wait for the views, so that what is shown with it is not older than it. */
const viewsReachWithinMs = 10_000;

export type Listener = {
  readonly organisationId: OrganisationId;
  /** Exclusive; null from now on. */
  readonly after: Position | null;
} & About;

/** One conversation, or all of the organisation's (null); or all of one thread. */
type About = { readonly conversationId: ConversationId | null } | { readonly threadId: ThreadId };

/** What a listener is told of; null: not narrowed to a stream, to a conversation. */
type Scope = {
  readonly organisationId: OrganisationId;
  readonly stream: string | null;
  readonly conversationId: ConversationId | null;
};

export type Change = Recorded<ConversationEvent>;

/** The views did not keep up with the log. Whoever listens comes again with the last cursor. */
export class ViewsBehind extends Error {
  override readonly name = 'ViewsBehind';
}

/**
 * What happens in conversations, from a place in the log on, for as long as the tail runs: first what
 * has happened since, from the feed, then live, from the tail. Each fact comes once, in the order of
 * the log, and not before the views show it. The listener sets the pace.
 */
@Injectable()
export class Changes {
  /** The newest wait for the views: all who are told of the same fact share it. */
  private asked: { readonly position: Position; readonly reached: Promise<boolean> } | null = null;

  constructor(
    @Inject(VIEWS) private readonly views: ViewStore,
    @Inject(LIVE_TAIL) private readonly tail: LiveTail<ConversationEvent>,
    @Inject(HISTORY) private readonly history: History<ConversationEvent>,
  ) {}

  /** The end of the log as far as it can be followed now; null while nothing has been written. */
  newest(): Position | null {
    return this.tail.newest();
  }

  async *follow(listener: Listener, signal: AbortSignal): AsyncGenerator<Change, void> {
    const scope = scopeOf(listener);
    let position = listener.after ?? this.tail.newest();
    while (!signal.aborted) {
      const live = this.tail.after(position, tailPageSize);
      if (live === null) {
        const caught = await this.fromFeed(scope, position, signal);
        yield* caught.changes;
        position = caught.readTo;
        continue;
      }
      for (const recorded of live.filter((each) => concerns(scope, each))) {
        await this.shown(recorded.position);
        if (signal.aborted) return;
        yield recorded;
      }
      position = live.at(-1)?.position ?? position;
      if (!(await this.tail.beyond(position, signal))) return;
    }
  }

  private async fromFeed(
    scope: Scope,
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
    const rows = await this.feedPage(scope, after);
    const changes = await factsOf(this.history, rows);
    const last = rows.at(-1)?.position ?? after;
    const readAll = rows.length < feedPageSize;
    const isLastBeyond = last !== null && comparePositions(last, projected) > 0;
    return { changes, readTo: readAll && !isLastBeyond ? projected : last };
  }

  private feedPage(scope: Scope, after: Position | null): Promise<readonly FeedRow[]> {
    const { sql, parameters } = within(scope);
    return this.views.query<FeedRow>(
      scope.organisationId,
      `SELECT * FROM feed WHERE ${sql} AND position > ? ORDER BY position LIMIT ?`,
      [...parameters, after ?? '', feedPageSize],
    );
  }

  /** Resolves when the views show what happened at `position`. Throws ViewsBehind. */
  async shown(position: Position): Promise<void> {
    if (this.asked?.position !== position)
      this.asked = { position, reached: this.views.reached(position, viewsReachWithinMs) };
    const { asked } = this;
    if (await asked.reached) return;
    if (this.asked === asked) this.asked = null;
    throw new ViewsBehind();
  }
}

const scopeOf = (listener: Listener): Scope => {
  const { organisationId } = listener;
  const conversationId = 'threadId' in listener ? null : listener.conversationId;
  const threadId =
    'threadId' in listener ? listener.threadId : parseConversationId(conversationId ?? '')?.thread;
  const stream = threadId === undefined ? null : `conversation-${organisationId}-${threadId}`;
  return { organisationId, stream, conversationId };
};

const concerns = (scope: Scope, { stream, data, metadata }: Change): boolean =>
  metadata.organisationId === scope.organisationId &&
  (scope.stream === null || stream === scope.stream) &&
  (scope.conversationId === null || data.conversationId === scope.conversationId);

/** The same in SQL: along the index of the thread's stream, which is of one organisation alone. */
const within = ({ organisationId, stream, conversationId }: Scope) => {
  const conditions: readonly (readonly [string, Cell])[] = [
    stream === null ? ['organisation_id = ?', organisationId] : ['stream = ?', stream],
    ...(conversationId === null ? [] : [['conversation_id = ?', conversationId] as const]),
  ];
  return {
    // The feed also holds what is no conversation's: no subscription tells of it.
    sql: [...conditions.map(([sql]) => sql), 'conversation_id IS NOT NULL'].join(' AND '),
    parameters: conditions.map(([, parameter]) => parameter),
  };
};
