import type { Map, Set } from 'immutable';
import {
  epochMs,
  isErased,
  type ContactId,
  type Instant,
  type NumberId,
  type Personal,
  type ThreadId,
} from '#kernel';
import {
  addressOf,
  addressesLearned,
  numberKinds,
  type Address,
  type Reached,
  type ToldAddresses,
} from './addresses.js';
import type { ContactEvent } from './events.js';
import { consentGiven, consentWithdrawn } from './sms-consent.js';

/** What a contact brings to a merger. */
export type Merging = Reached & {
  readonly contactId: ContactId | null;
  readonly metAt: Instant | null;
  readonly profileName: Personal<string> | null;
  readonly threads: Map<NumberId, ThreadId>;
  readonly smsRoutes: Map<string, ThreadId>;
  readonly survivor: ContactId | null;
  readonly absorbed: { readonly contacts: Set<ContactId> };
};

/** From now on this contact is another. The first word of a merger: nothing new is begun here. */
export type BeAbsorbed = {
  readonly type: 'BeAbsorbed';
  readonly at: Instant;
  readonly survivorContactId: ContactId;
};

/** Takes over what is known of a contact that is this one. The last word of a merger. */
export type TakeOver = {
  readonly type: 'TakeOver';
  readonly at: Instant;
  readonly absorbedContactId: ContactId;
  readonly from: Merging;
  /** All of its threads, closed by now. */
  readonly threads: readonly { readonly numberId: NumberId; readonly threadId: ThreadId }[];
  /** An SMS number of the business to the survivor's thread that answers to it belong to. */
  readonly smsRoutes: readonly { readonly smsNumber: string; readonly threadId: ThreadId }[];
};

export const beAbsorbed = (
  { survivor }: Merging,
  { at, survivorContactId }: BeAbsorbed,
): readonly ContactEvent[] =>
  survivor === survivorContactId
    ? []
    : [{ type: 'ContactAbsorbed', at, data: { survivorContactId } }];

/** What the survivor lacks, and what is newer, is the other's; whoever said no to SMS has said no. */
export const takeOver = (contact: Merging, command: TakeOver): readonly ContactEvent[] => {
  const { at, absorbedContactId, from, threads, smsRoutes } = command;
  const { profileName } = from;
  if (contact.absorbed.contacts.has(absorbedContactId)) return [];
  const earlierContactIds = from.absorbed.contacts.toArray();
  const news = addressesOf(from).flatMap((told) => addressesLearned(contact, told));
  const named = contact.profileName === null && profileName !== null;
  return [
    { type: 'ContactsMerged', at, data: { absorbedContactId, earlierContactIds, threads } },
    ...news,
    ...(named ? [{ type: 'ContactProfileNameChanged' as const, at, data: { profileName } }] : []),
    ...consentTaken(contact, from),
    ...unusableTaken(contact, from, news, at),
    ...smsRoutes
      .filter(({ smsNumber }) => !contact.smsRoutes.has(smsNumber))
      .map((data): ContactEvent => ({ type: 'SmsRouteSet', at, data })),
  ];
};

/** The addresses of the two numbers that the merged contact is not reached at any more. */
export const leftByMerger = (
  survivor: Reached,
  absorbed: Reached,
): readonly (Address & { readonly until: Instant })[] =>
  numberKinds.flatMap((kind) => {
    const [kept, other] = [survivor.addresses.get(kind), absorbed.addresses.get(kind)];
    if (!kept || !other || kept.address === other.address) return [];
    const isNewer = epochMs(other.toldAt) > epochMs(kept.toldAt);
    const address = addressOf(isNewer ? survivor : absorbed, kind);
    const until = (isNewer ? other : kept).toldAt;
    return address === null ? [] : [{ kind, address, until }];
  });

/** The number at the instant of its telling, then the BSUID of each business number at its own. */
const addressesOf = (from: Reached): readonly ToldAddresses[] => {
  const number = from.addresses.get('wa_id') ?? from.addresses.get('phone');
  const addresses = numberKinds.flatMap((kind) => {
    const address = addressOf(from, kind);
    return address === null ? [] : [{ kind, address }];
  });
  const bsuids = from.bsuids.entrySeq().map(([numberId, { address, toldAt }]) => ({
    addresses: isErased(address) ? [] : [{ kind: 'bsuid' as const, address }],
    numberId,
    toldAt,
  }));
  return number ? [{ addresses, ...number }, ...bsuids] : [...bsuids];
};

const consentTaken = (contact: Reached, { smsConsent }: Reached): readonly ContactEvent[] => {
  if (smsConsent === null) return [];
  return smsConsent.given
    ? consentGiven(contact.smsConsent, { type: 'GiveSmsConsent', ...smsConsent })
    : consentWithdrawn(contact.smsConsent, { type: 'WithdrawSmsConsent', ...smsConsent });
};

/** What was found out of the phone goes with the phone. */
const unusableTaken = (
  contact: Reached,
  from: Reached,
  news: readonly ContactEvent[],
  at: Instant,
): readonly ContactEvent[] => {
  const phone = addressOf(from, 'phone');
  const takesPhone = news.some(
    ({ type, data }) => type === 'ContactAddressLearned' && data.address === phone,
  );
  const isNews = takesPhone || (phone === addressOf(contact, 'phone') && !contact.isPhoneUnusable);
  return from.isPhoneUnusable && phone !== null && isNews
    ? [{ type: 'PhoneFoundUnusable', at, data: { reason: 'found_before_merger' } }]
    : [];
};
