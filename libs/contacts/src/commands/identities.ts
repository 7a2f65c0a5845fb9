import { Inject, Injectable } from '@nestjs/common';
import type { CommandContext, ContactId, Instant, OrganisationId } from '#kernel';
import { DECIDES, FINGERPRINTS, partOf } from '#engine';
import type { Decides, Fingerprints, Folded } from '#engine';
import type { Address } from '../domain/addresses.js';
import { contactDecider, type Contact } from '../domain/contact.js';
import type { Claim } from '../domain/encounter.js';
import { formerHolder, identityDecider, type IdentityCommand } from '../domain/identity.js';

/** Whose addresses are whose: reads and writes the streams that arbitrate it. */
@Injectable()
export class Identities {
  constructor(
    @Inject(DECIDES) private readonly decisions: Decides,
    @Inject(FINGERPRINTS) private readonly fingerprints: Fingerprints,
  ) {}

  /**
   * Whose the addresses are, or were at `toldAt` (null: now), in their order. `fresh`: read from the log,
   * not from what this process keeps.
   */
  claims(
    addresses: readonly Address[],
    organisation: OrganisationId,
    toldAt: Instant | null,
    how: 'kept' | 'fresh' = 'kept',
  ): Promise<readonly Claim[]> {
    return Promise.all(
      addresses.map(async ({ kind, address }): Promise<Claim> => {
        const id = await this.streamId(organisation, { kind, address });
        const fresh = how === 'fresh';
        const { state } = await this.decisions.load(identityDecider, id, { fresh });
        const { contactId: holder } = state;
        const former = toldAt === null ? null : formerHolder(state, toldAt);
        const had = former ?? holder;
        const told = { kind, address, holder, isPast: former !== null };
        if (had === null) return { ...told, owner: null, unfinished: null };
        return { ...told, ...(await this.ownerOf(organisation, had)) };
      }),
    );
  }

  private async ownerOf(organisation: OrganisationId, holder: ContactId) {
    const own = await this.decisions.load(contactDecider, `${organisation}-${holder}`, {
      fresh: false,
    });
    const known = { contactId: holder, state: own.state };
    if (own.state.survivor === null) return { owner: known, unfinished: null };
    const { state } = await this.contact(organisation, own.state.survivor);
    const owner = { contactId: state.contactId ?? own.state.survivor, state };
    return { owner, unfinished: state.absorbed.contacts.has(holder) ? null : known };
  }

  /** The fold of the contact, or of the one that it turned out to be. */
  async contact(organisation: OrganisationId, contact: ContactId): Promise<Folded<Contact>> {
    const id = `${organisation}-${contact}`;
    const loaded = await this.decisions.load(contactDecider, id, { fresh: false });
    const { survivor } = loaded.state;
    return survivor === null ? loaded : this.contact(organisation, survivor);
  }

  /** Whose the address is then: this contact's, or whoever's it has become before. */
  claim(contact: ContactId, address: Address, context: CommandContext): Promise<ContactId> {
    return this.decide(address, contact, context, { type: 'ClaimAddress' });
  }

  /** The same of an address that another held until `context.at`. */
  move(
    contact: ContactId,
    { holder, ...address }: Address & { readonly holder: ContactId },
    context: CommandContext,
  ): Promise<ContactId> {
    return this.decide(address, contact, context, { type: 'MoveAddress', from: holder });
  }

  /** The address is nobody's from `context.at` on, if it was this contact's or one's that became it. */
  async release(contact: ContactId, address: Address, context: CommandContext): Promise<void> {
    const [claim] = await this.claims([address], context.organisationId, null);
    if (claim?.holder && claim.owner?.contactId === contact)
      await this.decide(address, claim.holder, context, { type: 'ReleaseAddress' });
  }

  private async decide(
    address: Address,
    contactId: ContactId,
    context: CommandContext,
    wish:
      | { readonly type: 'ClaimAddress' | 'ReleaseAddress' }
      | { readonly type: 'MoveAddress'; readonly from: ContactId },
  ): Promise<ContactId> {
    const { kind } = address;
    const id = await this.streamId(context.organisationId, address);
    const command: IdentityCommand = { ...wish, at: context.at, kind, contactId };
    const part = partOf(context, `${wish.type}-${kind}-${contactId}`, null);
    const decided = await this.decisions.run(identityDecider, id, command, part);
    return decided.kind === 'rejected' ? decided.rejection.details.contactId : contactId;
  }

  private async streamId(
    organisation: OrganisationId,
    { kind, address }: Address,
  ): Promise<string> {
    const hash = await this.fingerprints.of(organisation, `address:${kind}`, address);
    return `${organisation}-${hash}`;
  }
}
