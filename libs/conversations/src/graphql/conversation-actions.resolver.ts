import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { CurrentPrincipal, Requires, type Capability, type Principal } from '#access';
import type { ConversationPlace } from '../commands/conversation-places.js';
import type { EndConversation } from '../domain/decisions/end-conversation.js';
import type { MarkRead } from '../domain/decisions/mark-read.js';
import { ConversationActionInput } from './inputs.js';
import { Payloads } from './payloads.js';
import { Requests } from './requests.js';

@Resolver()
export class ConversationActionsResolver {
  constructor(
    private readonly requests: Requests,
    private readonly payloads: Payloads,
  ) {}

  @Mutation('markConversationRead')
  @Requires('messages.view')
  markConversationRead(
    @CurrentPrincipal() principal: Principal,
    @Args('input') input: ConversationActionInput,
  ) {
    return this.act(principal, 'messages.view', input, ({ conversationId }) => ({
      type: 'MarkRead',
      at: this.requests.now(),
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
      at: this.requests.now(),
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
    const place = await this.requests.place(principal, input.conversationId);
    if (!place) return this.payloads.notFound(input.clientMutationId);
    const decided = await this.requests.decide(principal, capability, place, command(place));
    return this.payloads.conversation(principal, decided, input);
  }
}
