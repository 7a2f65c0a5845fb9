import { Inject } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { parkNow, type CommandContext, type Instant, type ThreadId } from '#kernel';
import type { MessageItem, StatusItem } from '#channels/whatsapp';
import { AddressesConflict, MeetContact, type Encounter } from '#contacts';
import { FINGERPRINTS, partOf, type Fingerprints } from '#engine';
import { WhatsAppAddresses, type NumberOwner } from '#organisations';
import { ConversationEnvelope } from './conversation-envelope.js';
import { inboundMessage } from './inbound-message.js';
import { inboundReceipt } from './inbound-receipt.js';

/** What one item of a webhook tells, and when the webhook reached us. */
export type Inbound = {
  readonly item: MessageItem | StatusItem;
  readonly receivedAt: Instant;
};

export class InboundEnvelope extends Command<void> {
  constructor(
    readonly inbound: Inbound,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/**
 * Brings an item of a webhook to its thread: whose number, which contact, which thread, then the
 * thread decides. Each step is safe to repeat. What can never be brought anywhere is parked at once;
 * a receipt of a message that is not known yet waits.
 */
@CommandHandler(InboundEnvelope)
export class InboundEnvelopeHandler implements ICommandHandler<InboundEnvelope> {
  constructor(
    private readonly addresses: WhatsAppAddresses,
    private readonly contacts: MeetContact,
    @Inject(FINGERPRINTS) private readonly fingerprints: Fingerprints,
    private readonly commands: CommandBus,
  ) {}

  async execute({ inbound, context }: InboundEnvelope): Promise<void> {
    const owner = await this.addresses.ownerOf(inbound.item.phoneNumberId);
    if (!owner) throw parkNow('no organisation owns this phone_number_id');
    const own = { ...context, organisationId: owner.organisationId };
    const { item } = inbound;
    if (item.kind === 'message') await this.message(item, inbound.receivedAt, owner, own);
    else await this.status(item, owner, own);
  }

  private async message(
    item: MessageItem,
    receivedAt: Instant,
    owner: NumberOwner,
    context: CommandContext,
  ): Promise<void> {
    const encounter = encounterOf(item, owner);
    const met = await conflictsParked(this.contacts.meet(encounter, providerContext(context)));
    const fingerprint = (id: string) => this.fingerprints.of(owner.organisationId, 'message', id);
    const command = inboundMessage(item, {
      ...met,
      numberId: owner.numberId,
      at: context.at,
      receivedAt,
      fingerprint: await fingerprint(item.providerMessageId),
      quotedFingerprint: item.quotedProviderMessageId
        ? await fingerprint(item.quotedProviderMessageId)
        : null,
    });
    const id = `${owner.organisationId}-${met.threadId}`;
    const own = partOf(customerContext(context, met.contactId), 'message', met.contactId);
    await this.commands.execute(new ConversationEnvelope(id, command, own));
  }

  private async status(
    item: StatusItem,
    owner: NumberOwner,
    context: CommandContext,
  ): Promise<void> {
    const { organisationId } = owner;
    const fingerprint = await this.fingerprints.of(
      organisationId,
      'message',
      item.providerMessageId,
    );
    const target = inboundReceipt(item, fingerprint, context.at);
    const thread = target.threadId ?? (await this.threadOf(item, owner));
    if (thread === null) throw target.unknownYet;
    const envelope = new ConversationEnvelope(
      `${organisationId}-${thread}`,
      target.command,
      partOf(providerContext(context), 'receipt', null),
    );
    const decided = await this.commands.execute(envelope);
    if (decided.kind === 'rejected') throw target.unknownYet;
  }

  private async threadOf(item: StatusItem, owner: NumberOwner): Promise<ThreadId | null> {
    const encounter = encounterOf(item, owner);
    const found = await conflictsParked(this.contacts.find(encounter, owner.organisationId));
    return found?.threadId ?? null;
  }
}

const encounterOf = (
  { customer }: MessageItem | StatusItem,
  { numberId }: NumberOwner,
): Encounter => {
  const { bsuid, waId, profileName = null } = customer ?? {};
  const addresses = [
    ...(bsuid === undefined ? [] : [{ kind: 'bsuid' as const, address: bsuid }]),
    ...(waId === undefined ? [] : [{ kind: 'wa_id' as const, address: waId }]),
  ];
  return { numberId, addresses, profileName };
};

/** Whose a message is must not be guessed: such an item is parked for a person to see. */
const conflictsParked = async <T>(found: Promise<T>): Promise<T> => {
  try {
    return await found;
  } catch (error) {
    throw error instanceof AddressesConflict ? parkNow(error.message) : error;
  }
};

const providerContext = (context: CommandContext): CommandContext => ({
  ...context,
  actor: { kind: 'provider', id: 'whatsapp' },
});

const customerContext = (context: CommandContext, contact: string): CommandContext => ({
  ...context,
  actor: { kind: 'customer', id: contact },
});
