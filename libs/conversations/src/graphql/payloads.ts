import { Injectable } from '@nestjs/common';
import type { Position } from '#kernel';
import type { Principal } from '#access';
import { Cursors } from '#edge';
import type { ConversationDecided } from '../commands/conversation-envelope.js';
import { ConversationQueries } from '../views/conversation-queries.js';
import { BridgeEligibilities } from './bridge-eligibility.js';
import { InboxReading } from './inbox-reading.js';
import { organisationOf } from './viewpoints.js';
import { messageShape, type MessageShape } from './message-shape.js';
import { notFound } from './plain-refusals.js';
import { refusalOf, windowExpiredRefusal } from './refusals.js';

/** A payload waits this long for the views to show what was written; it is complete without it. */
const viewsShowWithinMs = 2_000;
/** Messages that a refused writer is told of. */
const sinceMax = 50;

type Asked = {
  readonly conversationId: string;
  readonly clientMutationId?: string | null;
  readonly expectedRevision?: number | null;
};

type Refused = { readonly clientMutationId: string | null; readonly refusal: object };

/** What mutations answer: the refusal or the write, and what there is to see after it. */
@Injectable()
export class Payloads {
  constructor(
    private readonly reading: InboxReading,
    private readonly queries: ConversationQueries,
    private readonly cursors: Cursors,
    private readonly eligibilities: BridgeEligibilities,
  ) {}

  /** Refused before anything was asked of a thread. */
  refused(refusal: object, clientMutationId: string | null | undefined): Refused {
    return { clientMutationId: clientMutationId ?? null, refusal };
  }

  notFound(clientMutationId: string | null | undefined): Refused {
    return this.refused(notFound(), clientMutationId);
  }

  /** After a mutation that concerns the message of an idempotency key. */
  async message(
    principal: Principal,
    decided: ConversationDecided,
    requestKey: string,
    input: Asked,
  ) {
    const payload = await this.conversation(principal, decided, input);
    const request = decided.state.requests.get(requestKey);
    if (decided.kind === 'rejected' || !request || !payload.conversation)
      return { ...payload, message: null, bridge: null };
    const { conversation } = payload;
    const asked = decided.state.outbound.get(request.messageId);
    const message = await this.reading.message(conversation.people, request.messageId);
    if (asked?.refusal !== 'WINDOW_EXPIRED')
      return { ...payload, message, bridge: null, refusal: null };
    const eligibility = await this.eligibilities.of(conversation);
    return {
      ...payload,
      message,
      bridge: asked.bridgeId && (await this.reading.message(conversation.people, asked.bridgeId)),
      refusal: windowExpiredRefusal(decided.state.window, eligibility),
    };
  }

  /** After any mutation of a conversation. */
  async conversation(principal: Principal, decided: ConversationDecided, asked: Asked) {
    await this.reading.reached(decided.position, viewsShowWithinMs);
    const conversation = await this.reading.conversation(principal, asked.conversationId);
    const clientMutationId = asked.clientMutationId ?? null;
    if (decided.kind === 'accepted') {
      const position = this.cursor(principal, decided.position);
      return { clientMutationId, position, refusal: null, conversation };
    }
    const since = (revision: number) => this.since(principal, asked, revision);
    const refusal = await refusalOf(decided.rejection, since);
    return { clientMutationId, position: null, refusal, conversation };
  }

  private cursor(principal: Principal, position: Position | null): string | null {
    return position && this.cursors.forLog(position, organisationOf(principal));
  }

  private async since(
    principal: Principal,
    { conversationId, expectedRevision }: Asked,
    revision: number,
  ): Promise<readonly MessageShape[]> {
    const conversation = await this.reading.conversation(principal, conversationId);
    const size = Math.min(sinceMax, revision - (expectedRevision ?? revision));
    if (!conversation || size <= 0) return [];
    const organisation = organisationOf(principal);
    const newest = { from: 'end' as const, size, beyond: null };
    const { rows } = await this.queries.messages(organisation, conversationId, newest);
    return rows.map((row) => messageShape(row, conversation.people));
  }
}
