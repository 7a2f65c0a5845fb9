import { describe, expect, it } from '@jest/globals';
import { ERASED, contactId, instant, numberId, threadId } from '#kernel';
import { given, laws } from '#kernel/spec';
import { contactDecider, maySms, smsPhoneOf, type ContactCommand } from './contact.js';
import type { ContactEvent } from './events.js';

const at = instant(1);
type Meet = Extract<ContactCommand, { readonly type: 'MeetContact' }>;

const meet = (told: Partial<Meet> = {}): Meet => ({
  type: 'MeetContact',
  at,
  contactId: contactId('daniel'),
  addresses: [{ kind: 'wa_id', address: '447700900281' }],
  profileName: 'Daniel',
  numberId: numberId('number1'),
  threadId: threadId('thread1'),
  ...told,
});
const met: ContactEvent = { type: 'ContactMet', at, data: { contactId: contactId('daniel') } };
const learned: ContactEvent = {
  type: 'ContactAddressLearned',
  at,
  data: { kind: 'wa_id', address: '447700900281' },
};
const named = (profileName: string): ContactEvent => ({
  type: 'ContactProfileNameChanged',
  at,
  data: { profileName },
});
const opened = (number = 'number1', thread = 'thread1'): ContactEvent => ({
  type: 'ContactThreadOpened',
  at,
  data: { numberId: numberId(number), threadId: threadId(thread) },
});
const known = [met, learned, named('Daniel'), opened()];

describe('meeting a contact', () => {
  it('learns at once who they are, how to reach them, their name, and opens the thread', () => {
    given(contactDecider)()
      .when(meet())
      .then(...known);
  });

  it('adds nothing when all that is known, whatever thread id is offered', () => {
    given(contactDecider)(...known)
      .when(meet({ threadId: threadId('thread9') }))
      .thenNothing();
  });

  it('C05, R009: there is one thread for each business number', () => {
    given(contactDecider)(...known)
      .when(meet({ numberId: numberId('number2'), threadId: threadId('thread2') }))
      .then(opened('number2', 'thread2'));
  });

  it('Q17: learns a further address, and keeps the first of each kind', () => {
    const bsuid = { kind: 'bsuid' as const, address: 'GB.1' };
    given(contactDecider)(...known)
      .when(meet({ addresses: [bsuid, { kind: 'wa_id', address: '447700900999' }] }))
      .then({ type: 'ContactAddressLearned', at, data: bsuid });
  });

  it('learns the phone of somebody who was met before phones were known', () => {
    const phone = { kind: 'phone' as const, address: '+447700900281' };
    given(contactDecider)(...known)
      .when(meet({ addresses: [...meet().addresses, phone] }))
      .then({ type: 'ContactAddressLearned', at, data: phone });
  });

  it('follows the name, and does not forget it when none is told', () => {
    given(contactDecider)(...known)
      .when(meet({ profileName: 'Dan' }))
      .then(named('Dan'));
    given(contactDecider)(...known)
      .when(meet({ profileName: null }))
      .thenNothing();
  });

  it('does not learn an address again that has been erased', () => {
    const erased: ContactEvent = {
      type: 'ContactAddressLearned',
      at,
      data: { kind: 'wa_id', address: ERASED },
    };
    given(contactDecider)(met, erased, named('Daniel'), opened()).when(meet()).thenNothing();
  });

  const commands = [meet(), meet({ profileName: 'Dan', numberId: numberId('number2') })];
  const cases = { name: 'contact', histories: [[], [met], known], commands };
  for (const { name, check } of laws(contactDecider, cases)) it(name, check);
});

describe('consent to SMS', () => {
  const withdraw = (ms: number, source: 'STOP' | 'PROVIDER' = 'STOP'): ContactCommand => ({
    type: 'WithdrawSmsConsent',
    at: instant(ms),
    source,
  });
  const give = (ms: number): ContactCommand => ({
    type: 'GiveSmsConsent',
    at: instant(ms),
    source: 'START',
  });
  const withdrawn = (ms: number, source: 'STOP' | 'PROVIDER' = 'STOP'): ContactEvent => ({
    type: 'SmsConsentWithdrawn',
    at: instant(ms),
    data: { source },
  });
  const givenAgain = (ms: number): ContactEvent => ({
    type: 'SmsConsentGiven',
    at: instant(ms),
    data: { source: 'START' },
  });
  const may = (...facts: readonly ContactEvent[]) =>
    maySms(facts.reduce(contactDecider.evolve, contactDecider.initial));

  it('R095: is there until it is withdrawn, and again once it is given', () => {
    expect(may(...known)).toBe(true);
    expect(may(...known, withdrawn(5))).toBe(false);
    expect(may(...known, withdrawn(5), givenAgain(6))).toBe(true);
    expect(may(...known, withdrawn(5), givenAgain(6), withdrawn(7, 'PROVIDER'))).toBe(false);
  });

  it.each(['STOP', 'PROVIDER'] as const)('Q16: is withdrawn by %s, once', (source) => {
    given(contactDecider)(...known)
      .when(withdraw(5, source))
      .then(withdrawn(5, source));
    given(contactDecider)(...known, withdrawn(5, source))
      .when(withdraw(5))
      .thenNothing();
  });

  it.each(['STOP', 'PROVIDER'] as const)('Q16: is given again by START after %s', (source) => {
    given(contactDecider)(...known, withdrawn(5, source))
      .when(give(6))
      .then(givenAgain(6));
  });

  it('Q16: START has nothing to lift where nothing was withdrawn', () => {
    given(contactDecider)(...known)
      .when(give(6))
      .thenNothing();
    given(contactDecider)(...known, withdrawn(5), givenAgain(6))
      .when(give(7))
      .thenNothing();
  });

  it('Q16: an older word than the newest changes nothing, in whatever order they arrive', () => {
    given(contactDecider)(...known, withdrawn(5), givenAgain(7))
      .when(withdraw(6, 'PROVIDER'))
      .thenNothing();
    given(contactDecider)(...known, withdrawn(5))
      .when(give(4))
      .thenNothing();
    given(contactDecider)(...known, withdrawn(5))
      .when(withdraw(4))
      .thenNothing();
  });

  it('Q16: a withdrawal wins over what is said at the same instant', () => {
    given(contactDecider)(...known, withdrawn(5), givenAgain(7))
      .when(withdraw(7))
      .then(withdrawn(7));
    given(contactDecider)(...known, withdrawn(5))
      .when(give(5))
      .thenNothing();
  });

  it('Q16: a START between two STOPs does not count, even if it arrives after them', () => {
    given(contactDecider)(...known, withdrawn(5))
      .when(withdraw(8))
      .then(withdrawn(8));
    given(contactDecider)(...known, withdrawn(5), withdrawn(8))
      .when(give(7))
      .thenNothing();
  });

  const histories = [[], known, [...known, withdrawn(5)], [...known, withdrawn(5), givenAgain(7)]];
  const commands = [withdraw(5), withdraw(7), withdraw(8, 'PROVIDER'), give(5), give(6), give(9)];
  const cases = { name: 'consent', histories, commands };
  for (const { name, check } of laws(contactDecider, cases)) it(name, check);
});

describe('the route of answers by SMS', () => {
  const set = (thread: string, smsNumber = '+447700900800'): ContactCommand => ({
    type: 'SetSmsRoute',
    at,
    smsNumber,
    threadId: threadId(thread),
  });
  const routed = (thread: string, smsNumber = '+447700900800'): ContactEvent => ({
    type: 'SmsRouteSet',
    at,
    data: { smsNumber, threadId: threadId(thread) },
  });

  it('R100: leads answers to an SMS number into the thread that wrote from it last', () => {
    given(contactDecider)(...known)
      .when(set('thread1'))
      .then(routed('thread1'));
    given(contactDecider)(...known, routed('thread1'))
      .when(set('thread1'))
      .thenNothing();
    given(contactDecider)(...known, routed('thread1'))
      .when(set('thread2'))
      .then(routed('thread2'));
    given(contactDecider)(...known, routed('thread1'), routed('thread2'))
      .when(set('thread1'))
      .then(routed('thread1'));
  });

  it('R100: is one for each SMS number', () => {
    const facts = [...known, routed('thread1'), routed('thread2', '+447700900801')];
    const { smsRoutes } = facts.reduce(contactDecider.evolve, contactDecider.initial);
    expect(smsRoutes.toObject()).toEqual({
      '+447700900800': 'thread1',
      '+447700900801': 'thread2',
    });
  });

  const histories = [known, [...known, routed('thread1')]];
  const cases = { name: 'routes', histories, commands: [set('thread1'), set('thread2')] };
  for (const { name, check } of laws(contactDecider, cases)) it(name, check);
});

describe('a phone that no SMS reaches', () => {
  const mark: ContactCommand = { type: 'MarkPhoneUnusable', at, reason: 'invalid_phone_number' };
  const unmark: ContactCommand = { type: 'MarkPhoneUsable', at };
  const unusable: ContactEvent = {
    type: 'PhoneFoundUnusable',
    at,
    data: { reason: 'invalid_phone_number' },
  };
  const usable: ContactEvent = { type: 'PhoneFoundUsable', at, data: {} };
  const learned: ContactEvent = {
    type: 'ContactAddressLearned',
    at,
    data: { kind: 'phone', address: '+447700900281' },
  };
  const phoneAfter = (...facts: readonly ContactEvent[]) =>
    smsPhoneOf(facts.reduce(contactDecider.evolve, contactDecider.initial));

  it('R094: is remembered once, and is as good as none', () => {
    given(contactDecider)(...known)
      .when(mark)
      .then(unusable);
    given(contactDecider)(...known, unusable)
      .when(mark)
      .thenNothing();
    expect(phoneAfter(learned)).toBe('+447700900281');
    expect(phoneAfter(learned, unusable)).toBeNull();
  });

  it('counts again once an SMS came from it', () => {
    given(contactDecider)(...known)
      .when(unmark)
      .thenNothing();
    given(contactDecider)(...known, unusable)
      .when(unmark)
      .then(usable);
    expect(phoneAfter(learned, unusable, usable)).toBe('+447700900281');
  });
});
