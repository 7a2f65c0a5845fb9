import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { instant, messageId, type Instant, type MessageId, type StreamRevision } from '#kernel';
import type { Capability, Principal } from '#access';
import { CHANCE, CLOCK, type Chance, type Clock } from '#engine';
import { BridgeTermsReader } from '../commands/bridge-terms-reader.js';
import type { ReadTerms } from '../domain/bridge.js';
import {
  ConversationEnvelope,
  type ConversationDecided,
} from '../commands/conversation-envelope.js';
import { ConversationPlaces, type ConversationPlace } from '../commands/conversation-places.js';
import type { ConversationCommand } from '../domain/conversation.js';
import { commandContext } from './command-context.js';
import { organisationOf } from './viewpoints.js';

/** Takes what a principal asks of a conversation to where it is decided. */
@Injectable()
export class Requests {
  constructor(
    private readonly commands: CommandBus,
    private readonly places: ConversationPlaces,
    private readonly bridgeTerms: BridgeTermsReader,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CHANCE) private readonly chance: Chance,
  ) {}

  now(): Instant {
    return instant(this.clock.now());
  }

  newMessageId(): MessageId {
    return messageId(this.chance.id());
  }

  /** Null for a conversation that does not exist, or that belongs to another organisation. */
  place(principal: Principal, conversation: string): Promise<ConversationPlace | null> {
    return this.places.of(organisationOf(principal), conversation);
  }

  /** What the other streams say that a message's way may depend on. */
  terms(principal: Principal, { contactId, numberId }: ConversationPlace): Promise<ReadTerms> {
    return this.bridgeTerms.read(organisationOf(principal), contactId, numberId);
  }

  /** `basis`: what else was read for the command. */
  async decide(
    principal: Principal,
    capability: Capability,
    place: ConversationPlace,
    command: ConversationCommand,
    basis: readonly StreamRevision[] = [],
  ): Promise<ConversationDecided> {
    const { clock, chance } = this;
    const context = commandContext(principal, capability, clock, chance, place.contactId);
    const envelope = new ConversationEnvelope(place.id, command, { ...context, basis });
    const decided = await this.commands.execute(envelope);
    return this.withCurrent(decided, principal);
  }

  /** Whose thread was closed is told of the conversation in which it goes on. */
  private async withCurrent(
    decided: ConversationDecided,
    principal: Principal,
  ): Promise<ConversationDecided> {
    const { closed } = decided.state;
    if (closed === null || decided.kind !== 'rejected') return decided;
    if (decided.rejection.rejected !== 'ConversationHasEnded') return decided;
    const currentConversationId = await this.places.current(organisationOf(principal), closed.into);
    return { ...decided, rejection: { ...decided.rejection, details: { currentConversationId } } };
  }
}
