import { describe, expect, it } from '@jest/globals';
import { instant, memberId, numberId } from '#kernel';
import { given, knowsItsWords, laws } from '#kernel/spec';
import type { ExpiredWindowPolicy, OrganisationEvent } from './events.js';
import { organisationDecider, type OrganisationCommand } from './organisation.js';

const at = instant(1);
const number = {
  numberId: numberId('number1'),
  phoneNumberId: '1070',
  businessAccountId: '2080',
  displayPhoneNumber: '+44 7700 900123',
};
const ann = {
  memberId: memberId('ann'),
  kind: 'staff' as const,
  name: 'Ann',
  capabilities: ['messages.view', 'messages.send'],
};
const change = (capabilities: readonly string[], member = 'ann'): OrganisationCommand => ({
  type: 'ChangeCapabilities',
  at,
  memberId: memberId(member),
  capabilities,
});
const founded: OrganisationEvent = {
  type: 'OrganisationFounded',
  at,
  data: { name: 'AcmeMotors' },
};
const connected: OrganisationEvent = { type: 'NumberConnected', at, data: number };
const added: OrganisationEvent = { type: 'MemberAdded', at, data: ann };
const changed: OrganisationEvent = {
  type: 'MemberCapabilitiesChanged',
  at,
  data: { memberId: memberId('ann'), capabilities: ['messages.view'] },
};
const found: OrganisationCommand = { type: 'Found', at, name: 'AcmeMotors' };
const connect: OrganisationCommand = { type: 'ConnectNumber', at, ...number };
const add: OrganisationCommand = { type: 'AddMember', at, ...ann };
const connectSms = (smsNumber = '+447700900800', plain = 'number1'): OrganisationCommand => ({
  type: 'ConnectSmsNumber',
  at,
  smsNumber,
  numberId: numberId(plain),
});
const smsConnected = (smsNumber = '+447700900800'): OrganisationEvent => ({
  type: 'SmsNumberConnected',
  at,
  data: { smsNumber, numberId: numberId('number1') },
});
const choose = (policy: ExpiredWindowPolicy): OrganisationCommand => ({
  type: 'ChooseExpiredWindowPolicy',
  at,
  policy,
});
const chosen = (policy: ExpiredWindowPolicy): OrganisationEvent => ({
  type: 'ExpiredWindowPolicyChosen',
  at,
  data: { policy },
});
const call = (smsName: string | null): OrganisationCommand => ({
  type: 'ChooseSmsName',
  at,
  smsName,
});
const called = (smsName: string | null): OrganisationEvent => ({
  type: 'SmsNameChosen',
  at,
  data: { smsName },
});
const settings = [connectSms(), choose('REQUIRE_TEMPLATE'), call('Acme'), call(null)];
const settled = [founded, connected, smsConnected(), chosen('REQUIRE_TEMPLATE'), called('Acme')];

describe('an organisation', () => {
  it('is founded once, and keeps its name', () => {
    given(organisationDecider)().when(found).then(founded);
    given(organisationDecider)(founded)
      .when({ ...found, name: 'Other' })
      .thenNothing();
  });

  it('has its numbers and its members, each once', () => {
    given(organisationDecider)(founded).when(connect).then(connected);
    given(organisationDecider)(founded, connected).when(connect).thenNothing();
    given(organisationDecider)(founded).when(add).then(added);
    given(organisationDecider)(founded, added).when(add).thenNothing();
  });

  it.each([connect, add, change([]), ...settings])(
    'knows nothing before it is founded: $type',
    (command) => {
      given(organisationDecider)().when(command).thenRejected('OrganisationUnknown');
    },
  );

  it('R151, R152: changes what a member may do, as a whole', () => {
    given(organisationDecider)(founded, added)
      .when(change(['messages.view']))
      .then(changed);
    given(organisationDecider)(founded, added, changed)
      .when(change(['messages.view']))
      .thenNothing();
    given(organisationDecider)(founded, added)
      .when(change(['messages.view'], 'bob'))
      .thenRejected('MemberUnknown');
    const { evolve, initial } = organisationDecider;
    const folded = [founded, connected, added, changed].reduce(evolve, initial);
    expect(folded.members.get(memberId('ann'))).toEqual({
      ...ann,
      capabilities: ['messages.view'],
    });
    expect(folded.numbers.get(numberId('number1'))).toEqual(number);
  });

  it('believes what it is told of a member whom it does not know', () => {
    const { evolve, initial } = organisationDecider;
    expect(evolve(initial, changed).members.has(memberId('ann'))).toBe(false);
  });

  it('R078: connects an SMS number for a number that it has, and takes another in its place', () => {
    given(organisationDecider)(founded, connected).when(connectSms()).then(smsConnected());
    given(organisationDecider)(founded, connected, smsConnected()).when(connectSms()).thenNothing();
    given(organisationDecider)(founded, connected, smsConnected())
      .when(connectSms('+447700900801'))
      .then(smsConnected('+447700900801'));
    given(organisationDecider)(founded, connected)
      .when(connectSms('+447700900800', 'number2'))
      .thenRejected('NumberUnknown');
  });

  it('C04: bridges by SMS unless it chooses otherwise', () => {
    const { evolve, initial } = organisationDecider;
    expect(initial.expiredWindowPolicy).toBe('BRIDGE_SMS');
    given(organisationDecider)(founded).when(choose('BRIDGE_SMS')).thenNothing();
    given(organisationDecider)(founded)
      .when(choose('REQUIRE_TEMPLATE'))
      .then(chosen('REQUIRE_TEMPLATE'));
    given(organisationDecider)(founded, chosen('REQUIRE_TEMPLATE'))
      .when(choose('REQUIRE_TEMPLATE'))
      .thenNothing();
    const facts = [founded, chosen('REQUIRE_TEMPLATE'), chosen('BRIDGE_SMS')];
    expect(facts.reduce(evolve, initial).expiredWindowPolicy).toBe('BRIDGE_SMS');
  });

  it('R079: has a name for SMS, or none', () => {
    given(organisationDecider)(founded).when(call('Acme')).then(called('Acme'));
    given(organisationDecider)(founded).when(call(null)).thenNothing();
    given(organisationDecider)(founded, called('Acme')).when(call('Acme')).thenNothing();
    given(organisationDecider)(founded, called('Acme')).when(call(null)).then(called(null));
  });

  const histories = [
    [],
    [founded],
    [founded, connected, added],
    [founded, added, changed],
    settled,
  ];
  const commands = [found, connect, add, change(['messages.view']), change([], 'bob'), ...settings];
  const cases = { name: 'organisation', histories, commands };
  for (const { name, check } of [
    ...laws(organisationDecider, cases),
    knowsItsWords(organisationDecider, cases),
  ])
    it(name, check);
});
