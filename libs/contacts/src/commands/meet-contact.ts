import { Inject, Injectable } from '@nestjs/common';
import {
  contactId,
  threadId,
  type CommandContext,
  type ContactId,
  type NumberId,
  type OrganisationId,
  type ThreadId,
} from '#kernel';
import { CHANCE, DECIDES, FINGERPRINTS, partOf } from '#engine';
import type { Chance, Decides, Fingerprints, Folded } from '#engine';
import { contactDecider, type Contact, type ContactCommand } from '../domain/contact.js';
import type { AddressKind } from '../domain/events.js';
import { identityDecider } from '../domain/identity.js';

export type Encounter = {
  readonly numberId: NumberId;
  /** In the order in which they are asked for their owner; at least one. */
  readonly addresses: readonly { readonly kind: AddressKind; readonly address: string }[];
  readonly profileName: string | null;
};

export type Met = { readonly contactId: ContactId; readonly threadId: ThreadId };

/** The addresses under which somebody wrote belong to different contacts: never guessed. */
export class AddressesConflict extends Error {
  override readonly name = 'AddressesConflict';
}

type Claimed = { readonly stream: string; readonly owner: ContactId | null };

/**
 * Finds whose addresses these are, or makes a contact of them, and opens the thread with the number.
 * Safe to repeat and to race: the first claim of an address wins, in the address's own stream.
 */
@Injectable()
export class MeetContact {
  constructor(
    @Inject(DECIDES) private readonly decisions: Decides,
    @Inject(FINGERPRINTS) private readonly fingerprints: Fingerprints,
    @Inject(CHANCE) private readonly chance: Chance,
  ) {}

  /** Throws AddressesConflict, and what the engine throws. */
  async meet(encounter: Encounter, context: CommandContext): Promise<Met> {
    const claims = await this.claims(encounter.addresses, context.organisationId);
    const known = oneOwner(claims) ?? contactId(this.chance.id());
    const owner = await this.claimAll(known, claims, encounter, context);
    return this.introduce(owner, encounter, context);
  }

  /** Whose addresses these are; null when nobody's. Throws AddressesConflict. */
  async owner(
    { addresses }: Pick<Encounter, 'addresses'>,
    organisationId: OrganisationId,
  ): Promise<ContactId | null> {
    return oneOwner(await this.claims(addresses, organisationId));
  }

  /** The same without making anything: null when nobody or nothing is known. */
  async find(encounter: Encounter, organisationId: OrganisationId): Promise<Met | null> {
    const owner = await this.owner(encounter, organisationId);
    if (owner === null) return null;
    const { state } = await this.load(organisationId, owner);
    const thread = state.threads.get(encounter.numberId);
    return thread ? { contactId: owner, threadId: thread } : null;
  }

  /** The contact's fold, which has what is needed to reach them. */
  load(organisationId: OrganisationId, contact: ContactId): Promise<Folded<Contact>> {
    return this.decisions.load(contactDecider, `${organisationId}-${contact}`, { fresh: false });
  }

  private claims(
    addresses: Encounter['addresses'],
    organisationId: OrganisationId,
  ): Promise<readonly Claimed[]> {
    return Promise.all(
      addresses.map(async ({ kind, address }) => {
        const hash = await this.fingerprints.of(organisationId, `address:${kind}`, address);
        const stream = `${organisationId}-${hash}`;
        const { state } = await this.decisions.load(identityDecider, stream, { fresh: false });
        return { stream, owner: state.contactId };
      }),
    );
  }

  private async claimAll(
    wanted: ContactId,
    claims: readonly Claimed[],
    encounter: Encounter,
    context: CommandContext,
  ): Promise<ContactId> {
    let owner = wanted;
    for (const [index, { stream, owner: claimedBy }] of claims.entries()) {
      const kind = encounter.addresses[index]?.kind;
      if (claimedBy !== null && claimedBy !== owner)
        throw new AddressesConflict('the addresses of this customer belong to different contacts');
      if (claimedBy !== null || kind === undefined) continue;
      const command = { type: 'ClaimAddress' as const, at: context.at, kind, contactId: owner };
      const part = partOf(context, `claim-${kind}-${owner}`, null);
      const decided = await this.decisions.run(identityDecider, stream, command, part);
      if (decided.kind === 'accepted') continue;
      // Somebody else met the same customer at the same time: theirs is the contact, if it is the
      // first address; a later address that another contact holds cannot be guessed away.
      if (index > 0) throw new AddressesConflict('another contact has just claimed an address');
      owner = decided.rejection.details.contactId;
    }
    return owner;
  }

  private async introduce(
    contact: ContactId,
    { numberId, addresses, profileName }: Encounter,
    context: CommandContext,
  ): Promise<Met> {
    const id = `${context.organisationId}-${contact}`;
    const command: ContactCommand = {
      type: 'MeetContact',
      at: context.at,
      contactId: contact,
      addresses,
      profileName,
      numberId,
      threadId: threadId(this.chance.id()),
    };
    const known = await this.decisions.load(contactDecider, id, { fresh: false });
    const news = contactDecider.decide(known.state, command);
    const { state } =
      Array.isArray(news) && news.length === 0
        ? known
        : await this.decisions.run(contactDecider, id, command, partOf(context, 'meet', contact));
    const thread = state.threads.get(numberId);
    if (!thread) throw new Error('a contact that was met has no thread');
    return { contactId: contact, threadId: thread };
  }
}

const oneOwner = (claims: readonly Claimed[]): ContactId | null => {
  const owners = new Set(claims.flatMap(({ owner }) => owner ?? []));
  if (owners.size > 1)
    throw new AddressesConflict('the addresses of this customer belong to different contacts');
  return [...owners][0] ?? null;
};
