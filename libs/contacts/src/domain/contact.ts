import { Map } from 'immutable';
import {
  unreachable,
  type ContactId,
  type Decider,
  type Instant,
  type NumberId,
  type Personal,
  type Rejection,
  type ThreadId,
} from '#kernel';
import {
  consentGiven,
  consentWithdrawn,
  type GiveSmsConsent,
  type SmsConsent,
  type WithdrawSmsConsent,
} from './sms-consent.js';
import type { AddressKind, ContactEvent } from './events.js';

/** A person whom the business talks with: how they are reached, and in which threads. */
export type Contact = {
  readonly contactId: ContactId | null;
  readonly addresses: Map<AddressKind, Personal<string>>;
  readonly profileName: Personal<string> | null;
  readonly threads: Map<NumberId, ThreadId>;
  /** Null: never spoken of. */
  readonly smsConsent: SmsConsent | null;
  /** Whether the SMS provider has told that no SMS reaches the phone. */
  readonly isPhoneUnusable: boolean;
  /** An SMS number of the business (E.164) to the thread that answers to it belong to. */
  readonly smsRoutes: Map<string, ThreadId>;
};

/** A customer showed up at a business number, under these addresses and with this name. */
type Meet = {
  readonly type: 'MeetContact';
  readonly at: Instant;
  readonly contactId: ContactId;
  readonly addresses: readonly { readonly kind: AddressKind; readonly address: string }[];
  readonly profileName: string | null;
  readonly numberId: NumberId;
  /** The thread to open if there is none between the two. */
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

export type ContactCommand = Meet | WithdrawSmsConsent | GiveSmsConsent | SetSmsRoute | MarkPhone;

/** Where an SMS reaches this contact, E.164; null when none does. */
export const smsPhoneOf = ({ addresses, isPhoneUnusable }: Contact): string | null => {
  const phone = addresses.get('phone');
  return typeof phone === 'string' && !isPhoneUnusable ? phone : null;
};

/** Whether an SMS may go to this contact: nobody who could has said no, or they took it back. */
export const maySms = ({ smsConsent }: Contact): boolean => smsConsent?.given ?? true;

export const contactDecider: Decider<Contact, ContactCommand, ContactEvent, Rejection<never>> = {
  name: 'contact',
  initial: {
    contactId: null,
    addresses: Map(),
    profileName: null,
    threads: Map(),
    smsConsent: null,
    isPhoneUnusable: false,
    smsRoutes: Map(),
  },
  decide: (contact, command) => {
    switch (command.type) {
      case 'MeetContact':
        return [
          ...met(contact, command),
          ...addressesLearned(contact, command),
          ...profileNameChanged(contact, command),
          ...threadOpened(contact, command),
        ];
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
        return { ...contact, contactId: event.data.contactId };
      case 'ContactAddressLearned':
        return {
          ...contact,
          addresses: contact.addresses.set(event.data.kind, event.data.address),
        };
      case 'ContactProfileNameChanged':
        return { ...contact, profileName: event.data.profileName };
      case 'ContactThreadOpened':
        return {
          ...contact,
          threads: contact.threads.set(event.data.numberId, event.data.threadId),
        };
      case 'SmsConsentWithdrawn':
        return { ...contact, smsConsent: { given: false, at: event.at } };
      case 'SmsConsentGiven':
        return { ...contact, smsConsent: { given: true, at: event.at } };
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

/** An erased address is not learned again: a claim under it stays the erased person's. */
const addressesLearned = (contact: Contact, { at, addresses }: Meet): readonly ContactEvent[] =>
  addresses
    .filter(({ kind }) => !contact.addresses.has(kind))
    .map((data) => ({ type: 'ContactAddressLearned', at, data }));

const profileNameChanged = (
  contact: Contact,
  { at, profileName }: Meet,
): readonly ContactEvent[] =>
  profileName === null || profileName === contact.profileName
    ? []
    : [{ type: 'ContactProfileNameChanged', at, data: { profileName } }];

const threadOpened = (
  contact: Contact,
  { at, numberId, threadId }: Meet,
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
