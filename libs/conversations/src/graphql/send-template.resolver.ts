import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { templateId } from '#kernel';
import { CurrentPrincipal, Requires, type Principal } from '#access';
import type { TemplateVariable } from '#templates';
import { TemplateReader } from '../commands/template-reader.js';
import { SendTemplateInput } from './inputs.js';
import { Payloads } from './payloads.js';
import { authorOf, digest, requestKey } from './request-keys.js';
import { Requests } from './requests.js';
import { organisationOf } from './viewpoints.js';

@Resolver()
export class SendTemplateResolver {
  constructor(
    private readonly requests: Requests,
    private readonly templates: TemplateReader,
    private readonly payloads: Payloads,
  ) {}

  @Mutation('sendTemplate')
  @Requires('messages.send')
  async sendTemplate(
    @CurrentPrincipal() principal: Principal,
    @Args('input') input: SendTemplateInput,
  ) {
    const place = await this.requests.place(principal, input.conversationId);
    if (!place) return this.payloads.notFound(input.clientMutationId);
    const { conversationId, numberId } = place;
    const variables = (input.variables ?? []).map(({ name, value }) => ({ name, value }));
    const { template, basis } = await this.templates.filled(
      organisationOf(principal),
      numberId,
      templateId(input.templateId),
      variables,
    );
    const command = {
      type: 'RequestTemplate' as const,
      at: this.requests.now(),
      conversationId,
      messageId: this.requests.newMessageId(),
      template,
      author: authorOf(principal),
      requestKey: requestKey('sendTemplate', input.idempotencyKey),
      requestDigest: digest([conversationId, input.templateId, inOrder(variables)]),
    };
    const decided = await this.requests.decide(principal, 'messages.send', place, command, basis);
    return this.payloads.message(principal, decided, command.requestKey, input);
  }
}

/** In which order variables are given makes no difference. */
const inOrder = (variables: readonly TemplateVariable[]): readonly (readonly string[])[] =>
  variables
    .map(({ name, value }) => [name, value])
    .toSorted(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0));
