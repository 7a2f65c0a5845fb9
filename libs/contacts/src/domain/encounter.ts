import { epochMs, type ContactId } from '#kernel';
import {
  addressOf,
  bsuidAt,
  heldSinceMs,
  type Address,
  type Reached,
  type ToldAddresses,
} from './addresses.js';
import type { AddressKind } from './events.js';
import type { Merging } from './merging.js';

/** Whose an address is, if anybody's. */
export type Claim = Address & {
  /** Who claimed it; their contact may have become another's since. */
  readonly holder: ContactId | null;
  readonly owner: Known | null;
  /** The holder, while what made them the owner is not finished: an ended process may have begun it. */
  readonly unfinished: Known | null;
  /** The owner had it when this was told, and has it no more. */
  readonly isPast: boolean;
};

export type Known = { readonly contactId: ContactId; readonly state: Merging };

/** An address that has gone over to the person from this contact. */
export type Taken = Address & { readonly holder: ContactId; readonly from: Known };

/** Whose the addresses are that somebody showed up under. */
export type Reading =
  | {
      readonly kind: 'person';
      /** Null: nobody whom we have met. */
      readonly known: Known | null;
      /** What is theirs by what was told, and nobody's or their own so far. */
      readonly own: readonly Claim[];
      readonly taken: readonly Taken[];
    }
  /** Two contacts are one person. */
  | { readonly kind: 'one'; readonly survivor: Known; readonly absorbed: Known }
  /** They belong to different contacts, and nothing says which of them it is. */
  | { readonly kind: 'conflict' };

type Told = Pick<ToldAddresses, 'numberId' | 'toldAt'>;

/**
 * Who it is that shows up under these addresses. A BSUID is a person; a number is what a person has for
 * a time, and numbers are given to others. What was told before the number went to its present holder
 * says nothing of today.
 *
 * `formerly`: the provider told that the addresses are from now on this contact's.
 */
export const readEncounter = (
  claims: readonly Claim[],
  told: Told,
  formerly: Known | null,
): Reading => {
  for (const { owner, unfinished } of claims)
    if (owner && unfinished) return { kind: 'one', survivor: owner, absorbed: unfinished };
  const bsuid = claims.find(({ kind }) => kind === 'bsuid');
  const known = formerly ?? personOf(claims, bsuid, told);
  const today = claims.filter(({ isPast }) => !isPast);
  const isPerson = ({ owner }: Claim) => owner === null || owner.contactId === known?.contactId;
  const own = today.filter(isPerson);
  const others = today.flatMap(({ holder, owner, kind, address }) =>
    owner !== null && holder !== null && owner.contactId !== known?.contactId
      ? [{ kind, address, holder, from: owner }]
      : [],
  );
  // Somebody is about to be met under these addresses: who it is will be known in a moment.
  if (others.some(({ from }) => from.state.contactId === null)) return { kind: 'conflict' };
  const same = known && others.find((each) => isOnePerson(known, each, told, formerly !== null));
  const current = formerly
    ? others
    : others.filter(({ from, ...address }) => !isOlder(told, from.state, address));
  if (known && same) return inOrder(known, same.from);
  const isCertain = formerly !== null || bsuid !== undefined || current.length === 0;
  return isCertain ? { kind: 'person', known, own, taken: current } : { kind: 'conflict' };
};

/**
 * Whoever has the BSUID; else whoever has the number, unless another BSUID is known of them at this very
 * business number: then the number has been given to somebody new.
 */
const personOf = (
  claims: readonly Claim[],
  bsuid: Claim | undefined,
  { numberId }: Told,
): Known | null => {
  const known = claims.find(({ owner }) => owner !== null)?.owner ?? null;
  if (!known || !bsuid || bsuid.owner) return known;
  const other = bsuidAt(known.state, numberId);
  return other === null || other === bsuid.address ? known : null;
};

const isOlder = ({ toldAt }: Told, holder: Reached, address: Address): boolean =>
  epochMs(toldAt) < heldSinceMs(holder, address);

const isOnePerson = (
  known: Known,
  { kind, address, from }: Taken,
  { toldAt }: Told,
  isChange: boolean,
): boolean => {
  // A BSUID is never given to another person, so a person who becomes it is whoever has it.
  if (kind === 'bsuid') return true;
  // Whoever had the new number before the change was told had it before this person did.
  if (isChange) return heldSinceMs(from.state, { kind, address }) >= epochMs(toldAt);
  return agree(known.state, from.state);
};

/** Nothing that is known of the one contradicts what is known of the other. */
const agree = (one: Merging, other: Merging): boolean =>
  agreeOn('phone', one, other) &&
  (agreeOn('wa_id', one, other) || haveOnePhone(one, other)) &&
  one.bsuids.every((_, number) => {
    const [mine, theirs] = [bsuidAt(one, number), bsuidAt(other, number)];
    return mine !== null && (theirs === null || mine === theirs);
  });

const agreeOn = (kind: AddressKind, one: Reached, other: Reached): boolean => {
  const [mine, theirs] = [one.addresses.get(kind), other.addresses.get(kind)];
  return (
    mine === undefined || theirs === undefined || addressOf(one, kind) === addressOf(other, kind)
  );
};

/** Two wa_ids may be one number: some countries' numbers are written in two ways. */
const haveOnePhone = (one: Reached, other: Reached): boolean => {
  const phone = addressOf(one, 'phone');
  return phone !== null && phone === addressOf(other, 'phone');
};

/** Who was met first survives, so that whoever looks at the two finds the same. */
const inOrder = (one: Known, other: Known): Reading =>
  metBefore(one, other)
    ? { kind: 'one', survivor: one, absorbed: other }
    : { kind: 'one', survivor: other, absorbed: one };

const metBefore = (one: Known, other: Known): boolean => {
  const [mine, theirs] = [metAtMs(one), metAtMs(other)];
  return mine === theirs ? one.contactId < other.contactId : mine < theirs;
};

const metAtMs = ({ state: { metAt } }: Known): number =>
  metAt === null ? Infinity : epochMs(metAt);

/** Who had former addresses when it was told that they have changed; null: nobody whom we know. */
export const formerOwner = (claims: readonly Claim[], { toldAt }: Told): Known | null =>
  claims.find(
    ({ owner, ...address }) =>
      owner !== null && heldSinceMs(owner.state, address) <= epochMs(toldAt),
  )?.owner ?? null;
