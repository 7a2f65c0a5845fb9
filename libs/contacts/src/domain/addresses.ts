import type { Map } from 'immutable';
import { epochMs, isErased, type Instant, type NumberId, type Personal } from '#kernel';
import type { AddressKind, ContactEvent } from './events.js';
import { consentWithdrawn, type SmsConsent } from './sms-consent.js';

/** An address of one kind: digits for a `wa_id`, E.164 for a `phone`. */
export type Address = { readonly kind: AddressKind; readonly address: string };

/** An address, when the provider told it last, and of which business number. */
export type KnownAddress = {
  readonly address: Personal<string>;
  readonly toldAt: Instant;
  readonly numberId: NumberId;
};

/** How a contact is reached, and what goes with their number. */
export type Reached = {
  readonly addresses: Map<AddressKind, KnownAddress>;
  /** The BSUID that is good at a business number: it differs between businesses of one owner. */
  readonly bsuids: Map<NumberId, KnownAddress>;
  /** Null: never spoken of. */
  readonly smsConsent: SmsConsent | null;
  /** Whether the SMS provider has told that no SMS reaches the phone. */
  readonly isPhoneUnusable: boolean;
};

/** What the provider told of somebody at a business number, and when. */
export type ToldAddresses = {
  readonly addresses: readonly Address[];
  readonly numberId: NumberId;
  readonly toldAt: Instant;
};

/** Null when none is known, or it has been erased. */
export const addressOf = ({ addresses }: Reached, kind: AddressKind): string | null =>
  textOf(addresses.get(kind));

/** Null when none is known at this number, or it has been erased. */
export const bsuidAt = ({ bsuids }: Reached, numberId: NumberId): string | null =>
  textOf(bsuids.get(numberId));

const textOf = (known: KnownAddress | undefined): string | null =>
  known === undefined || isErased(known.address) ? null : known.address;

/** Where an SMS reaches this contact, E.164; null when none does. */
export const smsPhoneOf = (contact: Reached): string | null =>
  contact.isPhoneUnusable ? null : addressOf(contact, 'phone');

/** Whether an SMS may go to this contact: nobody who could has said no, or they took it back. */
export const maySms = ({ smsConsent }: Reached): boolean => smsConsent?.given ?? true;

/** Since when the provider has called this address the contact's; -Infinity when it does not. */
export const heldSinceMs = (contact: Reached, { kind, address }: Address): number => {
  const known = contact.addresses.get(kind);
  return known?.address === address ? epochMs(known.toldAt) : -Infinity;
};

/**
 * The newest told address of each kind counts: an older one that arrives late changes nothing, and
 * an erased one is not learned again. With the number goes what was agreed for it.
 */
export const addressesLearned = (
  contact: Reached,
  told: ToldAddresses,
): readonly ContactEvent[] => {
  const { addresses, numberId, toldAt } = told;
  const news = addresses.filter((each) =>
    isNews(knownBefore(contact, each, numberId), each, toldAt),
  );
  const learned = news.map((data): ContactEvent => ({
    type: 'ContactAddressLearned',
    at: toldAt,
    data: { ...data, numberId },
  }));
  return [...learned, ...numberLeft(contact, news, told)];
};

/** The addresses of these kinds are the contact's no more. */
export const addressesLost = (
  contact: Reached,
  kinds: readonly AddressKind[],
  toldAt: Instant,
): readonly ContactEvent[] => {
  const lost = kinds
    .filter((kind) => contact.addresses.has(kind))
    .map((kind): ContactEvent => ({ type: 'ContactAddressLost', at: toldAt, data: { kind } }));
  const losesPhone = kinds.includes('phone') && contact.addresses.has('phone');
  return [...lost, ...(losesPhone ? phoneLeft(contact, toldAt) : [])];
};

/** Addresses of the number that somebody reached there is not reached at any more. */
export const leftBehind = (contact: Reached, told: ToldAddresses): readonly Address[] => {
  const after = addressesLearned(contact, told);
  return numberKinds.flatMap((kind) => {
    const address = addressOf(contact, kind);
    const goes = after.some(
      ({ type, data }) =>
        (type === 'ContactAddressLearned' || type === 'ContactAddressLost') && data.kind === kind,
    );
    return address !== null && goes ? [{ kind, address }] : [];
  });
};

/** The two ways in which a phone number is an address. */
export const numberKinds = ['wa_id', 'phone'] as const satisfies readonly AddressKind[];

const knownBefore = (
  { addresses, bsuids }: Reached,
  { kind }: Address,
  numberId: NumberId,
): KnownAddress | undefined => (kind === 'bsuid' ? bsuids.get(numberId) : addresses.get(kind));

const isNews = (known: KnownAddress | undefined, told: Address, toldAt: Instant): boolean => {
  if (known === undefined) return true;
  if (isErased(known.address) || known.address === told.address) return false;
  return epochMs(toldAt) > epochMs(known.toldAt);
};

/** A new number ends what was agreed for the old one; one that has no phone ends the phone, too. */
const numberLeft = (
  contact: Reached,
  news: readonly Address[],
  { addresses, toldAt }: ToldAddresses,
): readonly ContactEvent[] => {
  if (!contact.addresses.has('phone')) return [];
  if (news.some(({ kind }) => kind === 'phone')) return phoneLeft(contact, toldAt);
  const isElsewhere = contact.addresses.has('wa_id') && news.some(({ kind }) => kind === 'wa_id');
  return isElsewhere && !addresses.some(({ kind }) => kind === 'phone')
    ? addressesLost(contact, ['phone'], toldAt)
    : [];
};

const phoneLeft = (contact: Reached, toldAt: Instant): readonly ContactEvent[] => [
  ...(maySms(contact)
    ? consentWithdrawn(contact.smsConsent, {
        type: 'WithdrawSmsConsent',
        at: toldAt,
        source: 'NUMBER_CHANGED',
      })
    : []),
  ...(contact.isPhoneUnusable ? [{ type: 'PhoneFoundUsable' as const, at: toldAt, data: {} }] : []),
];
