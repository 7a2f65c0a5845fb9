import { CommandHandler, type ICommandHandler, Command } from '@nestjs/cqrs';
import { Inject } from '@nestjs/common';
import type { CommandContext } from '#kernel';
import { DECIDES, type Decided, type Decides } from '#engine';
import type { ConversationCommand } from '../domain/conversation.js';
import type { ConversationRejection } from '../domain/decisions/decision.js';
import { conversationDecider } from '../domain/conversation.js';
import type { ConversationEvent } from '../domain/events.js';
import type { Thread } from '../domain/thread.js';

export type ConversationDecided = Decided<Thread, ConversationEvent, ConversationRejection>;

/** A wish for one thread. `id` is `<organisation>-<thread>`. */
export class ConversationEnvelope extends Command<ConversationDecided> {
  constructor(
    readonly id: string,
    readonly command: ConversationCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ConversationEnvelope)
export class ConversationEnvelopeHandler implements ICommandHandler<ConversationEnvelope> {
  constructor(@Inject(DECIDES) private readonly decisions: Decides) {}

  execute({ id, command, context }: ConversationEnvelope): Promise<ConversationDecided> {
    return this.decisions.run(conversationDecider, id, command, context);
  }
}
