import { Inject, Injectable } from '@nestjs/common';
import {
  numberId,
  type MessageId,
  type NumberId,
  type OrganisationId,
  type Position,
  type ThreadId,
} from '#kernel';
import type { PortalMessage } from '#portal';
import { VIEWS, type ViewStore } from '#view-store';
import { Changes, type Change } from './changes.js';
import { portalMessage, type PortalRow } from './portal-message.js';
import type { ThreadRow } from './threads.projection.js';

export type PortalThreadShown = {
  /** Oldest first. */
  readonly messages: readonly PortalMessage[];
  /** The business number of the thread; null when there is no such thread. */
  readonly numberId: NumberId | null;
  /** What comes after it is to be followed; null while nothing has been projected. */
  readonly position: Position | null;
};

export type PortalThreadChange = { readonly position: Position; readonly message: PortalMessage };

const columns = `message_id, direction, channel, content, sent_at, notification_type, status,
  delivery, revoked_at`;

/** A thread as its customer sees it, whatever conversations it has come to. */
@Injectable()
export class PortalThreads {
  constructor(
    @Inject(VIEWS) private readonly views: ViewStore,
    private readonly changes: Changes,
  ) {}

  /** The newest messages of the thread, `limit` at most. */
  async page(
    organisation: OrganisationId,
    thread: ThreadId,
    limit: number,
  ): Promise<PortalThreadShown> {
    // The position first: what happens while the rows are read is then told to whoever follows it.
    const position = this.views.position();
    const [rows, [owner]] = await Promise.all([
      this.newest(organisation, thread, limit),
      this.views.query<Pick<ThreadRow, 'number_id'>>(
        organisation,
        'SELECT number_id FROM threads WHERE organisation_id = ? AND thread_id = ?',
        [organisation, thread],
      ),
    ]);
    const messages = rows.flatMap((row) => portalMessage(row) ?? []).toReversed();
    return { messages, numberId: owner ? numberId(owner.number_id) : null, position };
  }

  /**
   * Each message that comes or changes after `after` (null: from now on), in the order of the log. One
   * that was shown on its way and then failed is told as failed; no page shows it any more.
   */
  async *follow(
    organisationId: OrganisationId,
    threadId: ThreadId,
    after: Position | null,
    signal: AbortSignal,
  ): AsyncGenerator<PortalThreadChange, void> {
    const listener = { organisationId, threadId, after };
    for await (const change of this.changes.follow(listener, signal)) {
      const id = shownBy(change);
      const message = id && (await this.message(organisationId, id));
      if (signal.aborted) return;
      if (message) yield { position: change.position, message };
    }
  }

  /** Resolves when the views show what was written at `position`. Throws ViewsBehind. */
  shown(position: Position): Promise<void> {
    return this.changes.shown(position);
  }

  /** Conversations are called `<thread>.<number>`: all of a thread lie between two words. */
  private newest(
    organisation: OrganisationId,
    thread: ThreadId,
    limit: number,
  ): Promise<readonly PortalRow[]> {
    return this.views.query<PortalRow>(
      organisation,
      `SELECT ${columns} FROM messages
       WHERE organisation_id = ? AND conversation_id > ? AND conversation_id < ?
         AND notification_type IS NULL AND (status IS NULL OR status <> 'FAILED')
       ORDER BY sent_at DESC, sort DESC LIMIT ?`,
      [organisation, `${thread}.`, `${thread}/`, limit],
    );
  }

  private async message(
    organisation: OrganisationId,
    id: MessageId,
  ): Promise<PortalMessage | null> {
    const [row] = await this.views.query<PortalRow>(
      organisation,
      `SELECT ${columns} FROM messages WHERE organisation_id = ? AND message_id = ?`,
      [organisation, id],
    );
    return row ? portalMessage(row) : null;
  }
}

/**
 * The message that a fact may have changed in the customer's eyes, if any. A request is none of them:
 * it shows by what becomes of it.
 */
const shownBy = (change: Change): MessageId | null => {
  switch (change.type) {
    case 'CustomerMessageReceived':
    case 'CustomerMessageEdited':
    case 'CustomerMessageRevoked':
    case 'BusinessMessageEchoed':
    case 'MessagePosted':
    case 'MessageFailed':
    case 'DispatchStarted':
    case 'DispatchRejected':
    case 'DispatchResolved':
    case 'MessageReceiptReceived':
      return change.data.messageId;
    default:
      return null;
  }
};
