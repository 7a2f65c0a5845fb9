import { Map } from 'immutable';
import {
  reject,
  unreachable,
  type Decider,
  type Instant,
  type MemberId,
  type NumberId,
  type Rejection,
} from '#kernel';
import type { MemberAdded, NumberConnected, OrganisationEvent } from './events.js';

export type BusinessNumber = NumberConnected['data'];
export type Member = MemberAdded['data'];

/** The numbers and the people of one business. */
export type Organisation = {
  readonly name: string | null;
  readonly numbers: Map<NumberId, BusinessNumber>;
  readonly members: Map<MemberId, Member>;
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
    };

export type OrganisationRejection = Rejection<'OrganisationUnknown'> | Rejection<'MemberUnknown'>;

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
  initial: { name: null, numbers: Map(), members: Map() },
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
