import { Inject, Injectable } from '@nestjs/common';
import {
  contactId,
  threadId,
  type CommandContext,
  type ContactId,
  type OrganisationId,
  type ThreadId,
} from '#kernel';
import { CHANCE, DECIDES, partOf, type Chance, type Decides, type Folded } from '#engine';
import { leftBehind, type Address, type ToldAddresses } from '../domain/addresses.js';
import { contactDecider, type Contact, type ContactCommand } from '../domain/contact.js';
import {
  formerOwner,
  readEncounter,
  type Claim,
  type Known,
  type Taken,
} from '../domain/encounter.js';
import { Identities } from './identities.js';

export type Encounter = ToldAddresses & {
  readonly profileName: string | null;
  /** The addresses under which the provider knew them until now; none: it told of no change. */
  readonly formerly: readonly Address[];
};

export type Met = { readonly contactId: ContactId; readonly threadId: ThreadId };

/** What meeting somebody needs first, or comes to. */
export type Meeting =
  | {
      readonly kind: 'ready';
      readonly known: Known | null;
      readonly own: readonly Claim[];
      readonly taken: readonly Taken[];
      /** Whoever has no longer the number that they had: what was agreed for it is over. */
      readonly leaving: readonly Known[];
    }
  /** Two contacts are one person: to be merged before they are met. */
  | { readonly kind: 'one'; readonly survivor: Known; readonly absorbed: Known };

type Ready = Extract<Meeting, { readonly kind: 'ready' }>;

/** The addresses under which somebody wrote belong to different contacts: never guessed. */
export class AddressesConflict extends Error {
  override readonly name = 'AddressesConflict';
}

/** Somebody else has just changed whose the addresses are: ask again. */
export class AddressesMoved extends Error {
  override readonly name = 'AddressesMoved';
}

/**
 * Finds whose addresses these are, or makes a contact of them, and opens the thread with the number.
 * Safe to repeat and to race: the first claim of an address wins, in the address's own stream.
 */
@Injectable()
export class MeetContact {
  constructor(
    @Inject(DECIDES) private readonly decisions: Decides,
    private readonly identities: Identities,
    @Inject(CHANCE) private readonly chance: Chance,
  ) {}

  /** Reads and writes nothing. Throws AddressesConflict. */
  async prepare(encounter: Encounter, organisation: OrganisationId): Promise<Meeting> {
    const [told, formerly] = await Promise.all([
      this.identities.claims(encounter.addresses, organisation, encounter.toldAt),
      this.identities.claims(encounter.formerly, organisation, encounter.toldAt),
    ]);
    const former = formerOwner(formerly, encounter);
    const claims = former ? told : [...told, ...unchanged(formerly, told)];
    const reading = readEncounter(claims, encounter, former);
    if (reading.kind === 'conflict')
      throw new AddressesConflict('the addresses of this customer belong to different contacts');
    if (reading.kind === 'one') return reading;
    const { known, taken } = reading;
    const moves = known !== null && leftBehind(known.state, encounter).length > 0;
    return {
      ...reading,
      kind: 'ready',
      leaving: [...(moves ? [known] : []), ...taken.map(({ from }) => from)],
    };
  }

  /** For who shows up under one address. Throws AddressesConflict, and what the engine throws. */
  async meet(encounter: Encounter, context: CommandContext): Promise<Met> {
    return again(context, async (own) => {
      const meeting = await this.prepare(encounter, context.organisationId);
      if (meeting.kind === 'one')
        throw new AddressesConflict('two contacts turned out to be one person');
      return this.complete(meeting, encounter, own);
    });
  }

  /** What `prepare` found, brought about. Throws AddressesMoved, and what the engine throws. */
  async complete(meeting: Ready, encounter: Encounter, context: CommandContext): Promise<Met> {
    const wanted = meeting.known?.contactId ?? contactId(this.chance.id());
    await this.claimAll(wanted, meeting.own, context);
    for (const taken of meeting.taken) await this.take(wanted, taken, encounter, context);
    if (meeting.known)
      for (const left of leftBehind(meeting.known.state, encounter))
        await this.identities.release(wanted, left, { ...context, at: encounter.toldAt });
    const told = [...meeting.own, ...meeting.taken].map(({ kind, address }) => ({ kind, address }));
    return this.introduce(wanted, { ...encounter, addresses: told }, context);
  }

  /** Whose addresses these are, or were at `toldAt`: the first that is anybody's; null: none is. */
  async owner(
    { addresses, toldAt }: Pick<Encounter, 'addresses'> & Partial<Pick<Encounter, 'toldAt'>>,
    organisation: OrganisationId,
  ): Promise<ContactId | null> {
    const claims = await this.identities.claims(addresses, organisation, toldAt ?? null);
    return claims.find(({ owner }) => owner !== null)?.owner?.contactId ?? null;
  }

  /** The same without making anything: null when nobody or nothing is known. */
  async find(
    encounter: Pick<Encounter, 'addresses' | 'numberId'> & Partial<Pick<Encounter, 'toldAt'>>,
    organisation: OrganisationId,
  ): Promise<Met | null> {
    const owner = await this.owner(encounter, organisation);
    if (owner === null) return null;
    const { state } = await this.load(organisation, owner);
    const thread = state.threads.get(encounter.numberId);
    return thread ? { contactId: owner, threadId: thread } : null;
  }

  /** The fold of the contact, or of the one that it turned out to be. */
  load(organisation: OrganisationId, contact: ContactId): Promise<Folded<Contact>> {
    return this.identities.contact(organisation, contact);
  }

  /** Somebody else may have met the same customer at the same time: then theirs is the contact. */
  private async claimAll(
    wanted: ContactId,
    claims: readonly Claim[],
    context: CommandContext,
  ): Promise<void> {
    for (const claim of claims.filter(({ holder }) => holder === null)) {
      const holder = await this.identities.claim(wanted, claim, context);
      if (holder !== wanted)
        throw new AddressesMoved('another contact has just claimed an address');
    }
  }

  /** Taken off the one before it is given to the other: no address is two contacts' at a time. */
  private async take(
    owner: ContactId,
    { from, holder, ...address }: Taken,
    { toldAt }: Encounter,
    context: CommandContext,
  ): Promise<void> {
    const lose = { type: 'LoseAddresses' as const, kinds: [address.kind], toldAt };
    const part = partOf(context, `lose-${address.kind}`, from.contactId);
    const id = `${context.organisationId}-${from.contactId}`;
    await this.decisions.run(contactDecider, id, lose, part);
    const moved = { ...context, at: toldAt };
    const now = await this.identities.move(owner, { ...address, holder }, moved);
    if (now !== owner) throw new AddressesMoved('an address went elsewhere meanwhile');
  }

  private async introduce(
    contact: ContactId,
    { formerly: _, ...encounter }: Encounter,
    context: CommandContext,
  ): Promise<Met> {
    const id = `${context.organisationId}-${contact}`;
    const command: ContactCommand = {
      type: 'MeetContact',
      at: context.at,
      contactId: contact,
      ...encounter,
      threadId: threadId(this.chance.id()),
    };
    const known = await this.decisions.load(contactDecider, id, { fresh: false });
    const news = contactDecider.decide(known.state, command);
    const isNews = !Array.isArray(news) || news.length > 0;
    const decided = isNews
      ? await this.decisions.run(contactDecider, id, command, partOf(context, 'meet', contact))
      : ({ ...known, kind: 'accepted' } as const);
    if (decided.kind === 'rejected')
      throw new AddressesMoved('the contact has just turned out to be another');
    if (isNews) await this.confirm(contact, encounter, context);
    const thread = decided.state.threads.get(encounter.numberId);
    if (!thread) throw new Error('a contact that was met has no thread');
    return { contactId: contact, threadId: thread };
  }

  /** An address that went to another while it was being written down here is not kept. */
  private async confirm(
    contact: ContactId,
    { addresses, toldAt }: Pick<Encounter, 'addresses' | 'toldAt'>,
    context: CommandContext,
  ): Promise<void> {
    const { organisationId } = context;
    const claims = await this.identities.claims(addresses, organisationId, null, 'fresh');
    const kinds = claims.flatMap(({ kind, holder, owner }) =>
      holder === contact || owner?.contactId === contact ? [] : [kind],
    );
    if (kinds.length === 0) return;
    const lose = { type: 'LoseAddresses' as const, kinds, toldAt };
    const part = partOf(context, 'lose-again', contact);
    await this.decisions.run(contactDecider, `${context.organisationId}-${contact}`, lose, part);
    throw new AddressesMoved('an address went elsewhere meanwhile');
  }
}

/** Of somebody new, a former address of which no change was told is as good as any. */
const unchanged = (formerly: readonly Claim[], told: readonly Claim[]): readonly Claim[] =>
  formerly.filter(({ kind, owner }) => owner === null && !told.some((each) => each.kind === kind));

/** Tries of an encounter while others meet the same people. */
const triesMax = 5;

/** Asks again, a few times, while somebody else changes whose the addresses are. */
export const again = async <T>(
  context: CommandContext,
  ask: (context: CommandContext) => Promise<T>,
): Promise<T> => {
  for (let tries = 1; ; tries += 1)
    try {
      return await ask(tries === 1 ? context : partOf(context, `again-${tries}`, null));
    } catch (error) {
      if (!(error instanceof AddressesMoved) || tries >= triesMax) throw error;
    }
};
