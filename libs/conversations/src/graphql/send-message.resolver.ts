import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { messageId } from '#kernel';
import { CurrentPrincipal, Requires, type Principal } from '#access';
import type { ConversationPlace } from '../commands/conversation-places.js';
import type { MessageContent } from '../domain/content.js';
import { ConversationQueries } from '../views/conversation-queries.js';
import type { RequestMessage } from '../domain/decisions/request-message.js';
import { organisationOf } from './viewpoints.js';
import { ResolveUnconfirmedMessageInput, SendMessageInput } from './inputs.js';
import { outgoingContent } from './outgoing-content.js';
import { Payloads } from './payloads.js';
import { authorOf, digest, requestKey } from './request-keys.js';
import { Requests } from './requests.js';

@Resolver()
export class SendMessageResolver {
  constructor(
    private readonly requests: Requests,
    private readonly queries: ConversationQueries,
    private readonly payloads: Payloads,
  ) {}

  @Mutation('sendMessage')
  @Requires('messages.send')
  async sendMessage(
    @CurrentPrincipal() principal: Principal,
    @Args('input') input: SendMessageInput,
  ) {
    const outgoing = outgoingContent(input);
    if (outgoing.kind === 'refused')
      return this.payloads.refused(outgoing.refusal, input.clientMutationId);
    const place = await this.requests.place(principal, input.conversationId);
    if (!place) return this.payloads.notFound(input.clientMutationId);
    const { terms, basis } = await this.requests.terms(principal, place);
    const { content } = outgoing;
    const command = { ...this.request(principal, input, place, content), terms };
    const decided = await this.requests.decide(principal, 'messages.send', place, command, basis);
    return this.payloads.message(principal, decided, command.requestKey, input);
  }

  @Mutation('resolveUnconfirmedMessage')
  @Requires('messages.send')
  async resolveUnconfirmedMessage(
    @CurrentPrincipal() principal: Principal,
    @Args('input') input: ResolveUnconfirmedMessageInput,
  ) {
    const { clientMutationId = null } = input;
    const place = await this.placeOfMessage(principal, input.messageId);
    if (!place) return this.payloads.notFound(clientMutationId);
    const command = {
      type: 'ResolveUnconfirmed' as const,
      at: this.requests.now(),
      messageId: messageId(input.messageId),
      outcome: input.outcome,
      requestKey: requestKey('resolveUnconfirmedMessage', input.idempotencyKey),
      requestDigest: digest([input.messageId, input.outcome]),
    };
    const decided = await this.requests.decide(principal, 'messages.send', place, command);
    const asked = { conversationId: place.conversationId, clientMutationId };
    return this.payloads.message(principal, decided, command.requestKey, asked);
  }

  private async placeOfMessage(
    principal: Principal,
    id: string,
  ): Promise<ConversationPlace | null> {
    const organisation = organisationOf(principal);
    const [row] = await this.queries.messagesById(organisation, [id]);
    return row ? this.requests.place(principal, row.conversation_id) : null;
  }

  private request(
    principal: Principal,
    input: SendMessageInput,
    { conversationId }: ConversationPlace,
    content: MessageContent,
  ): Omit<RequestMessage, 'terms'> {
    const { channel = null, quotedMessageId = null, expectedRevision = null } = input;
    return {
      type: 'RequestMessage',
      at: this.requests.now(),
      conversationId,
      messageId: this.requests.newMessageId(),
      channel,
      content,
      quotedMessageId: quotedMessageId === null ? null : messageId(quotedMessageId),
      author: authorOf(principal),
      requestKey: requestKey('sendMessage', input.idempotencyKey),
      requestDigest: digest([
        conversationId,
        content.kind === 'text' ? content.text : { ...content },
        channel,
        quotedMessageId,
        expectedRevision,
      ]),
      expectedRevision,
    };
  }
}
