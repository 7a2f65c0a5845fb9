import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { parkNow, type CommandContext, type Instant, type ThreadId } from '#kernel';
import type { StatusItem, ThreadItem, UserIdItem } from '#channels/whatsapp';
import type { Met } from '#contacts';
import { partOf } from '#engine';
import { WhatsAppAddresses, type NumberOwner } from '#organisations';
import { Acquaintances } from './acquaintances.js';
import { BridgeTermsReader } from './bridge-terms-reader.js';
import { changeOfUnknown, goesOnElsewhere } from './change-of-unknown.js';
import { conflictsParked } from './conflicts-parked.js';
import { ConversationEnvelope } from './conversation-envelope.js';
import { encounterOf } from './encounters.js';
import { earlierProviderId, inboundWish, type HappenedItem } from './inbound-message.js';
import { inboundReceipt } from './inbound-receipt.js';
import { MessagePrints } from './message-prints.js';

/** What one item of a webhook tells, and when the webhook reached us. */
export type Inbound = {
  readonly item: ThreadItem;
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
 * a receipt or a change of a message that is not known yet waits.
 */
@CommandHandler(InboundEnvelope)
export class InboundEnvelopeHandler implements ICommandHandler<InboundEnvelope> {
  constructor(
    private readonly addresses: WhatsAppAddresses,
    private readonly acquaintances: Acquaintances,
    private readonly bridgeTerms: BridgeTermsReader,
    private readonly prints: MessagePrints,
    private readonly commands: CommandBus,
  ) {}

  async execute({ inbound, context }: InboundEnvelope): Promise<void> {
    const owner = await this.addresses.ownerOf(inbound.item.phoneNumberId);
    if (!owner) throw parkNow('no organisation owns this phone_number_id');
    const own = { ...context, organisationId: owner.organisationId };
    const { item } = inbound;
    if (item.kind === 'status') await this.status(item, owner, own);
    else if (item.kind === 'user-id') await this.renamed(item, inbound.receivedAt, owner, own);
    else await this.happened(item, inbound.receivedAt, owner, own);
  }

  private async happened(
    item: HappenedItem,
    receivedAt: Instant,
    owner: NumberOwner,
    context: CommandContext,
  ): Promise<void> {
    const met = await conflictsParked(this.between(item, receivedAt, owner, context));
    if (!met) throw changeOfUnknown();
    const { organisationId } = owner;
    const { providerMessageId } = item;
    const fingerprint = await this.prints.ofNews(organisationId, met.threadId, providerMessageId);
    if (fingerprint === null) return;
    const earlier = earlierProviderId(item);
    const command = inboundWish(item, {
      ...met,
      numberId: owner.numberId,
      at: context.at,
      receivedAt,
      fingerprint,
      earlierFingerprint: earlier === null ? null : await this.prints.of(organisationId, earlier),
    });
    const id = `${organisationId}-${met.threadId}`;
    const whose =
      item.kind === 'echo' ? providerContext(context) : customerContext(context, met.contactId);
    const part = partOf(whose, item.kind, met.contactId);
    const decided = await this.commands.execute(new ConversationEnvelope(id, command, part));
    if (decided.kind === 'rejected')
      throw decided.rejection.rejected === 'ThreadIsClosed' ? goesOnElsewhere() : changeOfUnknown();
  }

  /** A change of an earlier message makes nobody's acquaintance; null when there is none yet. */
  private between(
    item: HappenedItem,
    receivedAt: Instant,
    owner: NumberOwner,
    context: CommandContext,
  ): Promise<Met | null> {
    const encounter = encounterOf(item, receivedAt, owner);
    return item.kind === 'edit' || item.kind === 'revoke'
      ? this.acquaintances.find(encounter, owner.organisationId)
      : this.acquaintances.meet(encounter, providerContext(context));
  }

  /** Says nothing of somebody whom we have not met. */
  private async renamed(
    item: UserIdItem,
    receivedAt: Instant,
    owner: NumberOwner,
    context: CommandContext,
  ): Promise<void> {
    const encounter = encounterOf(item, receivedAt, owner);
    const former = { ...encounter, addresses: encounter.formerly };
    if (await this.acquaintances.find(former, owner.organisationId))
      await conflictsParked(this.acquaintances.meet(encounter, providerContext(context)));
  }

  private async status(
    item: StatusItem,
    owner: NumberOwner,
    context: CommandContext,
  ): Promise<void> {
    const { organisationId } = owner;
    const fingerprint = await this.prints.of(organisationId, item.providerMessageId);
    const target = inboundReceipt(item, fingerprint, context.at);
    const thread = target.threadId ?? (await this.threadOf(item, owner));
    if (thread === null) throw target.unknownYet;
    const id = `${organisationId}-${thread}`;
    const read = target.isFailed ? await this.bridgeTerms.ofThread(organisationId, id) : null;
    if (target.isFailed && !read) throw target.unknownYet;
    const part = partOf(providerContext(context), 'receipt', null);
    const basis = read?.basis ?? [];
    const command = target.command(read && read.terms);
    const envelope = new ConversationEnvelope(id, command, { ...part, basis });
    const decided = await this.commands.execute(envelope);
    if (decided.kind === 'rejected') throw target.unknownYet;
  }

  private async threadOf(item: StatusItem, owner: NumberOwner): Promise<ThreadId | null> {
    const encounter = encounterOf(item, item.at, owner);
    const found = await this.acquaintances.find(encounter, owner.organisationId);
    return found?.threadId ?? null;
  }
}

const providerContext = (context: CommandContext): CommandContext => ({
  ...context,
  actor: { kind: 'provider', id: 'whatsapp' },
});

const customerContext = (context: CommandContext, contact: string): CommandContext => ({
  ...context,
  actor: { kind: 'customer', id: contact },
});
