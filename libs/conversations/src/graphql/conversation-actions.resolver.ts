import { Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { instant } from '#kernel';
import { CurrentPrincipal, Requires, type Capability, type Principal } from '#access';
import { CHANCE, CLOCK, type Chance, type Clock } from '#engine';
import { ConversationEnvelope } from '../commands/conversation-envelope.js';
import { ConversationPlaces, type ConversationPlace } from '../commands/conversation-places.js';
import type { EndConversation } from '../domain/decisions/end-conversation.js';
import type { MarkRead } from '../domain/decisions/mark-read.js';
import { commandContext } from './command-context.js';
import { organisationOf } from './inbox-reading.js';
import { ConversationActionInput } from './inputs.js';
import { Payloads } from './payloads.js';

@Resolver()
export class ConversationActionsResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly places: ConversationPlaces,
    private readonly payloads: Payloads,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CHANCE) private readonly chance: Chance,
  ) {}

  @Mutation('markConversationRead')
  @Requires('messages.view')
  markConversationRead(
    @CurrentPrincipal() principal: Principal,
    @Args('input') input: ConversationActionInput,
  ) {
    return this.act(principal, 'messages.view', input, ({ conversationId }) => ({
      type: 'MarkRead',
      at: instant(this.clock.now()),
      conversationId,
    }));
  }

  @Mutation('endConversation')
  @Requires('messages.send')
  endConversation(
    @CurrentPrincipal() principal: Principal,
    @Args('input') input: ConversationActionInput,
  ) {
    return this.act(principal, 'messages.send', input, ({ conversationId }) => ({
      type: 'EndConversation',
      at: instant(this.clock.now()),
      conversationId,
      expectedRevision: input.expectedRevision ?? null,
    }));
  }

  private async act(
    principal: Principal,
    capability: Capability,
    input: ConversationActionInput,
    command: (place: ConversationPlace) => MarkRead | EndConversation,
  ) {
    const place = await this.places.of(organisationOf(principal), input.conversationId);
    if (!place) return this.payloads.notFound(input.clientMutationId);
    const { clock, chance } = this;
    const context = commandContext(principal, capability, clock, chance, place.contactId);
    const envelope = new ConversationEnvelope(place.id, command(place), context);
    return this.payloads.conversation(principal, await this.commands.execute(envelope), input);
  }
}
