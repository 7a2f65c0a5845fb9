import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#kernel';
import { partOf } from '#engine';
import type { InboundSmsItem, SmsMessageItem } from '../domain/sms-item.js';
import { goesOnElsewhere } from './change-of-unknown.js';
import { ConversationEnvelope } from './conversation-envelope.js';
import { inboundSms } from './inbound-sms.js';
import { MessagePrints } from './message-prints.js';
import { SmsConsents } from './sms-consents.js';
import { SmsPlaces } from './sms-places.js';
import { SmsReceipts } from './sms-receipts.js';

export class InboundSmsEnvelope extends Command<void> {
  constructor(
    readonly inbound: InboundSmsItem,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/**
 * Brings an SMS, or a receipt of one, to its thread: whose number, which contact, and the thread that
 * this contact was last written to from there. Each step is safe to repeat.
 */
@CommandHandler(InboundSmsEnvelope)
export class InboundSmsEnvelopeHandler implements ICommandHandler<InboundSmsEnvelope> {
  constructor(
    private readonly places: SmsPlaces,
    private readonly receipts: SmsReceipts,
    private readonly consents: SmsConsents,
    private readonly prints: MessagePrints,
    private readonly commands: CommandBus,
  ) {}

  async execute({ inbound, context }: InboundSmsEnvelope): Promise<void> {
    const { item } = inbound;
    const byProvider: CommandContext = { ...context, actor: { kind: 'provider', id: 'sms' } };
    if (item.kind === 'message') await this.message(item, inbound, byProvider);
    else await this.receipts.receive(item, byProvider);
  }

  private async message(
    item: SmsMessageItem,
    { receivedAt }: InboundSmsItem,
    context: CommandContext,
  ): Promise<void> {
    const place = await this.places.meet(
      { ours: item.to, theirs: item.from },
      item.sentAt,
      context,
    );
    const { organisationId, contactId, threadId, numberId } = place;
    const byCustomer: CommandContext = {
      ...context,
      organisationId,
      actor: { kind: 'customer', id: contactId },
    };
    const fingerprint = await this.prints.ofNews(organisationId, threadId, item.sid);
    if (fingerprint === null) return;
    await this.consents.obey(item, { ...place, fingerprint }, byCustomer);
    const { at } = context;
    const command = inboundSms(item, {
      threadId,
      contactId,
      numberId,
      at,
      receivedAt,
      fingerprint,
    });
    const part = partOf(byCustomer, 'message', contactId);
    const decided = await this.commands.execute(
      new ConversationEnvelope(`${organisationId}-${threadId}`, command, part),
    );
    if (decided.kind === 'rejected') throw goesOnElsewhere();
  }
}
