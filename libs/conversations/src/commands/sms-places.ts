import { Injectable } from '@nestjs/common';
import {
  parkNow,
  type CommandContext,
  type ContactId,
  type Instant,
  type NumberId,
  type OrganisationId,
  type ThreadId,
} from '#kernel';
import { MeetContact } from '#contacts';
import { SmsAddresses, type NumberOwner } from '#organisations';
import { Acquaintances } from './acquaintances.js';
import { conflictsParked } from './conflicts-parked.js';

/** The thread that what passes between two phone numbers belongs to. */
export type SmsPlace = {
  readonly organisationId: OrganisationId;
  readonly contactId: ContactId;
  readonly threadId: ThreadId;
  readonly numberId: NumberId;
};

type Ends = {
  /** Our number, E.164. */
  readonly ours: string;
  /** E.164. */
  readonly theirs: string;
};

/** Finds threads by phone numbers: the one of the last SMS between the two, if there was any. */
@Injectable()
export class SmsPlaces {
  constructor(
    private readonly addresses: SmsAddresses,
    private readonly contacts: MeetContact,
    private readonly acquaintances: Acquaintances,
  ) {}

  /**
   * Makes a contact and a thread of who is not known yet, by what was told at `toldAt`. Throws for a
   * number that is nobody's.
   */
  async meet(ends: Ends, toldAt: Instant, context: CommandContext): Promise<SmsPlace> {
    const owner = await this.addresses.ownerOf(ends.ours);
    if (!owner) throw parkNow('no organisation owns this SMS number');
    const routed = await this.routed(ends, owner);
    if (routed) return routed;
    const { organisationId, numberId } = owner;
    const own = { ...context, organisationId };
    const encounter = { ...encounterOf(ends, owner), profileName: null, formerly: [], toldAt };
    const met = await conflictsParked(this.acquaintances.meet(encounter, own));
    return { ...met, organisationId, numberId };
  }

  /** Null when no SMS has passed between the two. */
  async find(ends: Ends): Promise<SmsPlace | null> {
    const owner = await this.addresses.ownerOf(ends.ours);
    return owner && this.routed(ends, owner);
  }

  private async routed(ends: Ends, owner: NumberOwner): Promise<SmsPlace | null> {
    const { organisationId } = owner;
    const encounter = encounterOf(ends, owner);
    const contactId = await this.contacts.owner(encounter, organisationId);
    if (!contactId) return null;
    const { state } = await this.contacts.load(organisationId, contactId);
    const threadId = state.smsRoutes.get(ends.ours);
    const numberId = threadId && state.threads.findKey((thread) => thread === threadId);
    return threadId && numberId ? { organisationId, contactId, threadId, numberId } : null;
  }
}

const encounterOf = ({ theirs }: Ends, { numberId }: NumberOwner) => ({
  numberId,
  addresses: [{ kind: 'phone' as const, address: theirs }],
});
