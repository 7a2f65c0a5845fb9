import { createHash } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { instant, messageId } from '#kernel';
import { CurrentPrincipal, Requires, type Principal } from '#access';
import { CHANCE, CLOCK, type Chance, type Clock } from '#engine';
import { ConversationEnvelope } from '../commands/conversation-envelope.js';
import { ConversationPlaces, type ConversationPlace } from '../commands/conversation-places.js';
import { textLengthMax } from '../domain/content.js';
import { ConversationQueries } from '../views/conversation-queries.js';
import type { RequestMessage } from '../domain/decisions/request-message.js';
import { commandContext } from './command-context.js';
import { organisationOf } from './inbox-reading.js';
import { ResolveUnconfirmedMessageInput, SendMessageInput } from './inputs.js';
import { Payloads } from './payloads.js';
import { emptyContent, tooLongContent } from './refusals.js';

@Resolver()
export class SendMessageResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly places: ConversationPlaces,
    private readonly queries: ConversationQueries,
    private readonly payloads: Payloads,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CHANCE) private readonly chance: Chance,
  ) {}

  @Mutation('sendMessage')
  @Requires('messages.send')
  async sendMessage(
    @CurrentPrincipal() principal: Principal,
    @Args('input') input: SendMessageInput,
  ) {
    const wrong = wrongText(input.text ?? '');
    if (wrong) return this.payloads.refused(wrong, input.clientMutationId);
    const place = await this.places.of(organisationOf(principal), input.conversationId);
    if (!place) return this.payloads.notFound(input.clientMutationId);
    const command = this.request(principal, input, place);
    const { clock, chance } = this;
    const context = commandContext(principal, 'messages.send', clock, chance, place.contactId);
    const envelope = new ConversationEnvelope(place.id, command, context);
    const decided = await this.commands.execute(envelope);
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
      at: instant(this.clock.now()),
      messageId: messageId(input.messageId),
      outcome: input.outcome,
      requestKey: requestKey('resolveUnconfirmedMessage', input.idempotencyKey),
      requestDigest: digest([input.messageId, input.outcome]),
    };
    const { clock, chance } = this;
    const context = commandContext(principal, 'messages.send', clock, chance, place.contactId);
    const envelope = new ConversationEnvelope(place.id, command, context);
    const decided = await this.commands.execute(envelope);
    const asked = { conversationId: place.conversationId, clientMutationId };
    return this.payloads.message(principal, decided, command.requestKey, asked);
  }

  private async placeOfMessage(
    principal: Principal,
    id: string,
  ): Promise<ConversationPlace | null> {
    const organisation = organisationOf(principal);
    const [row] = await this.queries.messagesById(organisation, [id]);
    return row ? this.places.of(organisation, row.conversation_id) : null;
  }

  private request(
    principal: Principal,
    input: SendMessageInput,
    { conversationId }: ConversationPlace,
  ): RequestMessage {
    const { text, quotedMessageId = null, expectedRevision = null } = input;
    return {
      type: 'RequestMessage',
      at: instant(this.clock.now()),
      conversationId,
      messageId: messageId(this.chance.id()),
      channel: 'WHATSAPP',
      kind: 'FREE_FORM',
      content: { kind: 'text', text: text ?? '', extras: {} },
      quotedMessageId: quotedMessageId === null ? null : messageId(quotedMessageId),
      author: { kind: principal.kind === 'customer' ? 'api' : principal.kind, id: principal.id },
      requestKey: requestKey('sendMessage', input.idempotencyKey),
      requestDigest: digest([conversationId, text ?? '', quotedMessageId, expectedRevision]),
      expectedRevision,
    };
  }
}

const wrongText = (text: string) => {
  const length = Array.from(text).length;
  if (text.trim() === '') return emptyContent('text');
  return length > textLengthMax ? tooLongContent('text', textLengthMax, length) : null;
};

/** A key belongs to its mutation; hashed, so that it says nothing of whoever chose it. */
const requestKey = (mutation: string, key: string): string => digest([mutation, key]);

const digestLength = 22;

const digest = (values: readonly (string | number | null)[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('base64url').slice(0, digestLength);
