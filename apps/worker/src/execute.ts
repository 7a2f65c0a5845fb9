import type { CommandBus } from '@nestjs/cqrs';
import { ConversationEnvelope, InboundEnvelope, InboundSmsEnvelope } from '#conversations';
import { unreachable } from '#kernel';
import type { Execute } from '#engine';
import { addressedFrom } from './addressed-codec.js';

/**
 * Puts what a follower asks for into its envelope. A follower's command bears no time of its own: it
 * is asked at the instant at which it reaches the domain. `noticed` hears of what is only counted.
 */
export const executeOn =
  (commands: CommandBus, noticed: (name: string) => void): Execute =>
  async (asked, context) => {
    const addressed = addressedFrom(asked);
    switch (addressed.to) {
      case 'inbound':
        await commands.execute(new InboundEnvelope(addressed.command, context));
        return;
      case 'inbound-sms':
        await commands.execute(new InboundSmsEnvelope(addressed.command, context));
        return;
      case 'notices':
        noticed(addressed.command.name);
        return;
      case 'conversation': {
        const command = { ...addressed.command, at: context.at };
        await commands.execute(new ConversationEnvelope(addressed.id, command, context));
        return;
      }
      default:
        unreachable(addressed);
    }
  };
