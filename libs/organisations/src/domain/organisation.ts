import { Map, OrderedMap } from 'immutable';
import {
  reject,
  unreachable,
  type Decider,
  type Instant,
  type MemberId,
  type NumberId,
  type Rejection,
} from '#kernel';
import type {
  ExpiredWindowPolicy,
  MemberAdded,
  NumberConnected,
  OrganisationEvent,
} from './events.js';

export type BusinessNumber = NumberConnected['data'];
export type Member = MemberAdded['data'];

/** The numbers, the people and the settings of one business. */
export type Organisation = {
  readonly name: string | null;
  readonly numbers: Map<NumberId, BusinessNumber>;
  readonly members: Map<MemberId, Member>;
  /** Business number to the SMS number (E.164) that speaks for it, the first connected first. */
  readonly smsNumbers: Map<NumberId, string>;
  readonly expiredWindowPolicy: ExpiredWindowPolicy;
  /** What it is called in SMS; null: as it is called everywhere. */
  readonly smsName: string | null;
};

export type OrganisationCommand =
  | { readonly type: 'Found'; readonly at: Instant; readonly name: string }
  | ({ readonly type: 'ConnectNumber'; readonly at: Instant } & BusinessNumber)
  | ({ readonly type: 'AddMember'; readonly at: Instant } & Member)
  | {
      readonly type: 'ChangeCapabilities';
      readonly at: Instant;
      readonly memberId: MemberId;
      readonly capabilities: readonly string[];
    }
  | {
      readonly type: 'ConnectSmsNumber';
      readonly at: Instant;
      readonly smsNumber: string;
      readonly numberId: NumberId;
    }
  | {
      readonly type: 'ChooseExpiredWindowPolicy';
      readonly at: Instant;
      readonly policy: ExpiredWindowPolicy;
    }
  | { readonly type: 'ChooseSmsName'; readonly at: Instant; readonly smsName: string | null };

export type OrganisationRejection =
  Rejection<'OrganisationUnknown'> | Rejection<'MemberUnknown'> | Rejection<'NumberUnknown'>;

type Command<Type extends OrganisationCommand['type']> = Extract<
  OrganisationCommand,
  { readonly type: Type }
>;
type Decision = readonly OrganisationEvent[] | OrganisationRejection;

export const organisationDecider: Decider<
  Organisation,
  OrganisationCommand,
  OrganisationEvent,
  OrganisationRejection
> = {
  name: 'organisation',
  initial: {
    name: null,
    numbers: Map(),
    members: Map(),
    smsNumbers: OrderedMap(),
    expiredWindowPolicy: 'BRIDGE_SMS',
    smsName: null,
  },
  decide: (organisation, command) => {
    if (command.type === 'Found') return found(organisation, command);
    if (organisation.name === null) return reject('OrganisationUnknown');
    switch (command.type) {
      case 'ConnectNumber':
        return connectNumber(organisation, command);
      case 'AddMember':
        return addMember(organisation, command);
      case 'ChangeCapabilities':
        return changeCapabilities(organisation, command);
      case 'ConnectSmsNumber':
        return connectSmsNumber(organisation, command);
      case 'ChooseExpiredWindowPolicy':
        return chooseExpiredWindowPolicy(organisation, command);
      case 'ChooseSmsName':
        return chooseSmsName(organisation, command);
      default:
        return unreachable(command);
    }
  },
  evolve: (organisation, event) => {
    switch (event.type) {
      case 'OrganisationFounded':
        return { ...organisation, name: event.data.name };
      case 'NumberConnected':
        return {
          ...organisation,
          numbers: organisation.numbers.set(event.data.numberId, event.data),
        };
      case 'MemberAdded':
        return {
          ...organisation,
          members: organisation.members.set(event.data.memberId, event.data),
        };
      case 'MemberCapabilitiesChanged':
        return {
          ...organisation,
          members: organisation.members.update(event.data.memberId, (member) =>
            member ? { ...member, capabilities: event.data.capabilities } : member,
          ),
        };
      case 'SmsNumberConnected':
        return {
          ...organisation,
          smsNumbers: organisation.smsNumbers.set(event.data.numberId, event.data.smsNumber),
        };
      case 'ExpiredWindowPolicyChosen':
        return { ...organisation, expiredWindowPolicy: event.data.policy };
      case 'SmsNameChosen':
        return { ...organisation, smsName: event.data.smsName };
      default:
        return unreachable(event);
    }
  },
};

const found = (organisation: Organisation, { at, name }: Command<'Found'>): Decision =>
  organisation.name === null ? [{ type: 'OrganisationFounded', at, data: { name } }] : [];

const connectNumber = (
  organisation: Organisation,
  { type: _, at, ...number }: Command<'ConnectNumber'>,
): Decision =>
  organisation.numbers.has(number.numberId) ? [] : [{ type: 'NumberConnected', at, data: number }];

const addMember = (
  organisation: Organisation,
  { type: _, at, ...member }: Command<'AddMember'>,
): Decision =>
  organisation.members.has(member.memberId) ? [] : [{ type: 'MemberAdded', at, data: member }];

const changeCapabilities = (
  organisation: Organisation,
  { at, memberId, capabilities }: Command<'ChangeCapabilities'>,
): Decision => {
  const member = organisation.members.get(memberId);
  if (!member) return reject('MemberUnknown');
  if (member.capabilities.join() === capabilities.join()) return [];
  return [{ type: 'MemberCapabilitiesChanged', at, data: { memberId, capabilities } }];
};

const connectSmsNumber = (
  organisation: Organisation,
  { at, smsNumber, numberId }: Command<'ConnectSmsNumber'>,
): Decision => {
  if (!organisation.numbers.has(numberId)) return reject('NumberUnknown');
  if (organisation.smsNumbers.get(numberId) === smsNumber) return [];
  return [{ type: 'SmsNumberConnected', at, data: { smsNumber, numberId } }];
};

const chooseExpiredWindowPolicy = (
  organisation: Organisation,
  { at, policy }: Command<'ChooseExpiredWindowPolicy'>,
): Decision =>
  organisation.expiredWindowPolicy === policy
    ? []
    : [{ type: 'ExpiredWindowPolicyChosen', at, data: { policy } }];

const chooseSmsName = (
  organisation: Organisation,
  { at, smsName }: Command<'ChooseSmsName'>,
): Decision =>
  organisation.smsName === smsName ? [] : [{ type: 'SmsNameChosen', at, data: { smsName } }];
