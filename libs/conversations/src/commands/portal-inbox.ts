import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { commandId, instant, type Instant, type NumberId, type Position } from '#kernel';
import {
  Busy,
  CHANCE,
  CLOCK,
  DECIDES,
  FINGERPRINTS,
  type Chance,
  type Clock,
  type Decides,
  type Fingerprints,
} from '#engine';
import type { PortalThread } from '#portal';
import { conversationDecider } from '../domain/conversation.js';
import type { ReceiveCustomerMessage } from '../domain/decisions/receive-customer-message.js';
import { ConversationEnvelope } from './conversation-envelope.js';
import { inboundMessageId } from './inbound-message.js';

/** Brings what a customer writes on their page to their thread. */
@Injectable()
export class PortalInbox {
  constructor(
    private readonly commands: CommandBus,
    @Inject(DECIDES) private readonly decisions: Decides,
    @Inject(FINGERPRINTS) private readonly fingerprints: Fingerprints,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CHANCE) private readonly chance: Chance,
  ) {}

  /**
   * Where the message then stands in the log. The same words with the same key are the same message for
   * ever; other words are another, so that a page that lost our answer can be corrected and sent again.
   * Throws what deciding throws: Busy and ConflictPersists say that nothing was written.
   */
  async write(thread: PortalThread, text: string, key: string): Promise<Position> {
    const { organisationId, threadId, contactId } = thread;
    const id = `${organisationId}-${threadId}`;
    const loaded = await this.decisions.load(conversationDecider, id, { fresh: false });
    const { numberId } = loaded.state;
    if (numberId === null) throw new Error('a portal code leads to no thread');
    const providerMessageId = `portal:${threadId}:${key}:${digestOf(text)}`;
    const fingerprint = await this.fingerprints.of(organisationId, 'message', providerMessageId);
    const at = instant(this.clock.now());
    const written = { text, providerMessageId, fingerprint, at };
    const uuid = this.chance.uuid();
    const decided = await this.commands.execute(
      new ConversationEnvelope(id, inboundPortalMessage(thread, numberId, written), {
        commandId: commandId(uuid),
        correlationId: uuid,
        causationId: null,
        organisationId,
        actor: { kind: 'customer', id: contactId },
        capability: null,
        at,
        subject: contactId,
        basis: [],
      }),
    );
    if (decided.kind === 'rejected' && decided.rejection.rejected === 'ThreadIsClosed')
      throw new Busy('the thread has just been closed');
    if (decided.kind === 'rejected' || decided.position === null)
      throw new Error('a thread would not take what its customer wrote');
    return decided.position;
  }
}

const digestCharacters = 16;

const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, digestCharacters);

type Written = {
  readonly text: string;
  readonly providerMessageId: string;
  readonly fingerprint: string;
  readonly at: Instant;
};

/** The wish that a message in the portal is. It opens no window: that is WhatsApp's alone. */
const inboundPortalMessage = (
  { threadId, contactId }: PortalThread,
  numberId: NumberId,
  { text, providerMessageId, fingerprint, at }: Written,
): ReceiveCustomerMessage => ({
  type: 'ReceiveCustomerMessage',
  at,
  threadId,
  numberId,
  contactId,
  messageId: inboundMessageId(fingerprint),
  channel: 'PORTAL',
  fingerprint,
  providerMessageId,
  content: { kind: 'text', text, extras: {} },
  quotedFingerprint: null,
  claimedAt: at,
  receivedAt: at,
  opensWindow: false,
});
