import { Map, Set } from 'immutable';
import {
  epochMs,
  reject,
  unreachable,
  type ContactId,
  type Decider,
  type Instant,
  type NumberId,
  type Personal,
  type Rejection,
  type ThreadId,
} from '#kernel';
import { addressesLearned, addressesLost, type Reached, type ToldAddresses } from './addresses.js';
import type { AddressKind, ContactAddressLearned, ContactEvent, ContactsMerged } from './events.js';
import { beAbsorbed, takeOver, type BeAbsorbed, type TakeOver } from './merging.js';
import {
  consentGiven,
  consentWithdrawn,
  type GiveSmsConsent,
  type WithdrawSmsConsent,
} from './sms-consent.js';

/** A person whom the business talks with: how they are reached, and in which threads. */
export type Contact = Reached & {
  readonly contactId: ContactId | null;
  readonly metAt: Instant | null;
  readonly profileName: Personal<string> | null;
  /** When they were told to be called so. */
  readonly namedAt: Instant | null;
  readonly threads: Map<NumberId, ThreadId>;
  /** An SMS number of the business (E.164) to the thread that answers to it belong to. */
  readonly smsRoutes: Map<string, ThreadId>;
  /** The contact that this one has turned out to be; null: itself. */
  readonly survivor: ContactId | null;
  readonly absorbed: Absorbed;
};

/** Contacts that turned out to be this one, and their threads, which are closed. */
export type Absorbed = {
  readonly contacts: Set<ContactId>;
  readonly threads: Map<ThreadId, NumberId>;
};

/** A customer showed up at a business number, under these addresses and with this name. */
type Meet = ToldAddresses & {
  readonly type: 'MeetContact';
  readonly at: Instant;
  readonly contactId: ContactId;
  readonly profileName: string | null;
  /** The thread to open if there is none between the two. */
  readonly threadId: ThreadId;
};

/** Addresses of the contact turned out to be another's. */
type LoseAddresses = {
  readonly type: 'LoseAddresses';
  readonly kinds: readonly AddressKind[];
  readonly toldAt: Instant;
};

/** A thread with a number that the contact has none with yet. */
type OpenThread = {
  readonly type: 'OpenThread';
  readonly at: Instant;
  readonly numberId: NumberId;
  readonly threadId: ThreadId;
};

/** An SMS is about to leave from this number: answers to it belong to this thread. */
type SetSmsRoute = {
  readonly type: 'SetSmsRoute';
  readonly at: Instant;
  readonly smsNumber: string;
  readonly threadId: ThreadId;
};

type MarkPhone =
  | { readonly type: 'MarkPhoneUnusable'; readonly at: Instant; readonly reason: string }
  | { readonly type: 'MarkPhoneUsable'; readonly at: Instant };

export type ContactCommand =
  | Meet
  | LoseAddresses
  | OpenThread
  | BeAbsorbed
  | TakeOver
  | WithdrawSmsConsent
  | GiveSmsConsent
  | SetSmsRoute
  | MarkPhone;

/** What is meant for this contact is the survivor's. */
export type ContactRejection = Rejection<
  'ContactIsAbsorbed',
  { readonly survivorContactId: ContactId }
>;

export const contactDecider: Decider<Contact, ContactCommand, ContactEvent, ContactRejection> = {
  name: 'contact',
  initial: {
    contactId: null,
    metAt: null,
    addresses: Map(),
    bsuids: Map(),
    profileName: null,
    namedAt: null,
    threads: Map(),
    smsConsent: null,
    isPhoneUnusable: false,
    smsRoutes: Map(),
    survivor: null,
    absorbed: { contacts: Set(), threads: Map() },
  },
  decide: (contact, command) => {
    switch (command.type) {
      case 'MeetContact':
        if (contact.survivor !== null)
          return reject('ContactIsAbsorbed', { survivorContactId: contact.survivor });
        return [
          ...met(contact, command),
          ...addressesLearned(contact, command),
          ...profileNameChanged(contact, command),
          ...threadOpened(contact, command),
        ];
      case 'LoseAddresses':
        return addressesLost(contact, command.kinds, command.toldAt);
      case 'OpenThread':
        return threadOpened(contact, command);
      case 'BeAbsorbed':
        return beAbsorbed(contact, command);
      case 'TakeOver':
        return takeOver(contact, command);
      case 'WithdrawSmsConsent':
        return consentWithdrawn(contact.smsConsent, command);
      case 'GiveSmsConsent':
        return consentGiven(contact.smsConsent, command);
      case 'SetSmsRoute':
        return smsRouteSet(contact, command);
      case 'MarkPhoneUnusable':
      case 'MarkPhoneUsable':
        return phoneMarked(contact, command);
      default:
        return unreachable(command);
    }
  },
  evolve: (contact, event) => {
    switch (event.type) {
      case 'ContactMet':
        return { ...contact, contactId: event.data.contactId, metAt: event.at };
      case 'ContactAddressLearned':
        return addressKnown(contact, event);
      case 'ContactAddressLost':
        return { ...contact, addresses: contact.addresses.delete(event.data.kind) };
      case 'ContactAbsorbed':
        return { ...contact, survivor: event.data.survivorContactId };
      case 'ContactsMerged':
        return { ...contact, absorbed: withAbsorbed(contact.absorbed, event.data) };
      case 'ContactProfileNameChanged':
        return { ...contact, profileName: event.data.profileName, namedAt: event.at };
      case 'ContactThreadOpened':
        return {
          ...contact,
          threads: contact.threads.set(event.data.numberId, event.data.threadId),
        };
      case 'SmsConsentWithdrawn':
        return {
          ...contact,
          smsConsent: { given: false, at: event.at, source: event.data.source },
        };
      case 'SmsConsentGiven':
        return { ...contact, smsConsent: { given: true, at: event.at, source: event.data.source } };
      case 'PhoneFoundUnusable':
        return { ...contact, isPhoneUnusable: true };
      case 'PhoneFoundUsable':
        return { ...contact, isPhoneUnusable: false };
      case 'SmsRouteSet':
        return {
          ...contact,
          smsRoutes: contact.smsRoutes.set(event.data.smsNumber, event.data.threadId),
        };
      default:
        return unreachable(event);
    }
  },
};

const met = (contact: Contact, { at, contactId }: Meet): readonly ContactEvent[] =>
  contact.contactId === null ? [{ type: 'ContactMet', at, data: { contactId } }] : [];

const addressKnown = (contact: Contact, { at, data }: ContactAddressLearned): Contact => {
  const { kind, numberId, address } = data;
  const known = { address, toldAt: at, numberId };
  const addresses = contact.addresses.set(kind, known);
  return kind === 'bsuid'
    ? { ...contact, addresses, bsuids: contact.bsuids.set(numberId, known) }
    : { ...contact, addresses };
};

const withAbsorbed = (
  { contacts, threads }: Absorbed,
  { absorbedContactId, earlierContactIds, threads: added }: ContactsMerged['data'],
): Absorbed => ({
  contacts: contacts.add(absorbedContactId).union(earlierContactIds),
  threads: threads.concat(
    added.map((each): [ThreadId, NumberId] => [each.threadId, each.numberId]),
  ),
});

/** A name that was told before the present one, and arrives after it, is not theirs any more. */
const profileNameChanged = (
  contact: Contact,
  { toldAt, profileName }: Meet,
): readonly ContactEvent[] => {
  const { namedAt } = contact;
  if (profileName === null || profileName === contact.profileName) return [];
  if (namedAt !== null && epochMs(toldAt) <= epochMs(namedAt)) return [];
  return [{ type: 'ContactProfileNameChanged', at: toldAt, data: { profileName } }];
};

const threadOpened = (
  contact: Contact,
  { at, numberId, threadId }: Pick<Meet, 'at' | 'numberId' | 'threadId'>,
): readonly ContactEvent[] =>
  contact.threads.has(numberId)
    ? []
    : [{ type: 'ContactThreadOpened', at, data: { numberId, threadId } }];

const phoneMarked = ({ isPhoneUnusable }: Contact, command: MarkPhone): readonly ContactEvent[] => {
  const { type, at } = command;
  if (type === 'MarkPhoneUsable')
    return isPhoneUnusable ? [{ type: 'PhoneFoundUsable', at, data: {} }] : [];
  const { reason } = command;
  return isPhoneUnusable ? [] : [{ type: 'PhoneFoundUnusable', at, data: { reason } }];
};

const smsRouteSet = (
  contact: Contact,
  { at, smsNumber, threadId }: SetSmsRoute,
): readonly ContactEvent[] =>
  contact.smsRoutes.get(smsNumber) === threadId
    ? []
    : [{ type: 'SmsRouteSet', at, data: { smsNumber, threadId } }];
