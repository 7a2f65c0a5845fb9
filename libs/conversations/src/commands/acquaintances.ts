import { Inject, Injectable } from '@nestjs/common';
import type { CommandContext, OrganisationId, ThreadId } from '#kernel';
import { MeetContact, MergeContacts, again, type Encounter, type Known, type Met } from '#contacts';
import { DECIDES, partOf, type Decides } from '#engine';
import { PortalCodes } from '#portal';
import { conversationDecider, type ConversationCommand } from '../domain/conversation.js';
import { handedOn } from '../domain/decisions/close-thread.js';

type Merger = { readonly survivor: Known; readonly absorbed: Known };

/** Mergers that one encounter may lead to: a contact for each kind of address, and one formerly known. */
const mergersMax = 4;

/**
 * Meets whoever showed up, and first brings about what it means for threads: two contacts that are one
 * person become one, and what went to a number that is no longer theirs is over. Each step is safe to
 * repeat, and stands before the fact that would keep a repeat from doing it.
 */
@Injectable()
export class Acquaintances {
  constructor(
    private readonly contacts: MeetContact,
    private readonly mergers: MergeContacts,
    private readonly codes: PortalCodes,
    @Inject(DECIDES) private readonly decisions: Decides,
  ) {}

  /** Throws AddressesConflict, AddressesMoved, and what the engine throws. */
  meet(encounter: Encounter, context: CommandContext): Promise<Met> {
    return again(context, (own) => this.tried(encounter, own));
  }

  /** The same without making anything: null when nobody or nothing is known. */
  find(
    encounter: Pick<Encounter, 'addresses' | 'numberId' | 'toldAt'>,
    organisation: OrganisationId,
  ): Promise<Met | null> {
    return this.contacts.find(encounter, organisation);
  }

  private async tried(encounter: Encounter, context: CommandContext): Promise<Met> {
    for (let mergers = 0; mergers < mergersMax; mergers += 1) {
      const meeting = await this.contacts.prepare(encounter, context.organisationId);
      if (meeting.kind === 'ready') {
        for (const known of meeting.leaving) await this.shutPortals(known, context);
        return this.contacts.complete(meeting, encounter, context);
      }
      await this.merge(meeting, partOf(context, `merger-${mergers}`, null));
    }
    throw new Error('an encounter led to one merger after the other');
  }

  /** The threads of the one are closed first, each into the other's with the same number. */
  private async merge({ survivor, absorbed }: Merger, context: CommandContext): Promise<void> {
    for (const known of [survivor, absorbed]) await this.shutPortals(known, context);
    const { contactId: into } = survivor;
    const { contactId: gone } = absorbed;
    const pairs = await this.mergers.begin(into, gone, context);
    for (const pair of pairs) {
      const close = {
        type: 'CloseThread' as const,
        at: context.at,
        threadId: pair.absorbed,
        into: { contactId: into, threadId: pair.survivor },
      };
      const { state } = await this.decide(pair.absorbed, close, context);
      await this.decide(
        pair.survivor,
        {
          type: 'AbsorbThread',
          at: context.at,
          threadId: pair.survivor,
          numberId: pair.numberId,
          contactId: into,
          handed: handedOn(state, pair.absorbed),
          wasActive: state.closed?.wasActive ?? false,
        },
        context,
      );
    }
    await this.mergers.complete(into, gone, pairs, context);
  }

  /** Whoever has the old number now must not come in by a link that was sent to it. */
  private async shutPortals({ state }: Known, context: CommandContext): Promise<void> {
    for (const thread of state.threads.values()) {
      const id = `${context.organisationId}-${thread}`;
      const loaded = await this.decisions.load(conversationDecider, id, { fresh: true });
      const { bridge } = loaded.state;
      if (bridge === null || bridge.isShut) continue;
      await this.codes.supersede(bridge.bridgeId, partOf(context, `shut-${thread}`, null));
      await this.decide(thread, { type: 'ShutPortal', at: context.at }, context);
    }
  }

  private decide(thread: ThreadId, command: ConversationCommand, context: CommandContext) {
    const part = partOf(context, `${command.type}-${thread}`, null);
    const id = `${context.organisationId}-${thread}`;
    return this.decisions.run(conversationDecider, id, command, part);
  }
}
