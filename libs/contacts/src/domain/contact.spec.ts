import { describe, expect, it } from '@jest/globals';
import { ERASED, contactId, instant, numberId, threadId } from '#kernel';
import { given, knowsItsWords, laws } from '#kernel/spec';
import { maySms, smsPhoneOf } from './addresses.js';
import { contactDecider, type Contact, type ContactCommand } from './contact.js';
import type { ContactEvent } from './events.js';
import { leftByMerger } from './merging.js';

const at = instant(1);
type Meet = Extract<ContactCommand, { readonly type: 'MeetContact' }>;

const meet = (told: Partial<Meet> = {}): Meet => ({
  type: 'MeetContact',
  at,
  contactId: contactId('daniel'),
  addresses: [{ kind: 'wa_id', address: '447700900281' }],
  profileName: 'Daniel',
  toldAt: at,
  numberId: numberId('number1'),
  threadId: threadId('thread1'),
  ...told,
});
const met: ContactEvent = { type: 'ContactMet', at, data: { contactId: contactId('daniel') } };
const learned: ContactEvent = {
  type: 'ContactAddressLearned',
  at,
  data: { kind: 'wa_id', address: '447700900281', numberId: numberId('number1') },
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
      .then({
        type: 'ContactAddressLearned',
        at,
        data: { ...bsuid, numberId: numberId('number1') },
      });
  });

  it('learns the phone of somebody who was met before phones were known', () => {
    const phone = { kind: 'phone' as const, address: '+447700900281' };
    given(contactDecider)(...known)
      .when(meet({ addresses: [...meet().addresses, phone] }))
      .then({
        type: 'ContactAddressLearned',
        at,
        data: { ...phone, numberId: numberId('number1') },
      });
  });

  it('follows the name, and does not forget it when none is told', () => {
    given(contactDecider)(...known)
      .when(meet({ profileName: 'Dan', toldAt: instant(2) }))
      .then({ ...named('Dan'), at: instant(2) });
    given(contactDecider)(...known)
      .when(meet({ profileName: 'Dan' }))
      .thenNothing();
    given(contactDecider)(...known)
      .when(meet({ profileName: null }))
      .thenNothing();
  });

  it('does not learn an address again that has been erased', () => {
    const erased: ContactEvent = {
      type: 'ContactAddressLearned',
      at,
      data: { kind: 'wa_id', address: ERASED, numberId: numberId('number1') },
    };
    given(contactDecider)(met, erased, named('Daniel'), opened()).when(meet()).thenNothing();
  });

  const commands = [meet(), meet({ profileName: 'Dan', numberId: numberId('number2') })];
  const cases = { name: 'contact', histories: [[], [met], known], commands };
  for (const { name, check } of [
    ...laws(contactDecider, cases),
    knowsItsWords(contactDecider, cases),
  ])
    it(name, check);
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
    data: { kind: 'phone', address: '+447700900281', numberId: numberId('number1') },
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

describe('a contact whose number changes', () => {
  const at2 = instant(2);
  const number1 = numberId('number1');
  const learnedAt = (ms: number, kind: 'wa_id' | 'phone', address: string): ContactEvent => ({
    type: 'ContactAddressLearned',
    at: instant(ms),
    data: { kind, address, numberId: number1 },
  });
  const old = [learnedAt(1, 'wa_id', '447700900281'), learnedAt(1, 'phone', '+447700900281')];
  const changed = (ms: number) =>
    meet({
      toldAt: instant(ms),
      addresses: [
        { kind: 'wa_id', address: '447700900999' },
        { kind: 'phone', address: '+447700900999' },
      ],
    });
  const news = [learnedAt(2, 'wa_id', '447700900999'), learnedAt(2, 'phone', '+447700900999')];
  const ended: ContactEvent = {
    type: 'SmsConsentWithdrawn',
    at: at2,
    data: { source: 'NUMBER_CHANGED' },
  };
  const before = [met, ...old, named('Daniel'), opened()];

  it('Q17: is reached at the new one, and is not asked by SMS there', () => {
    given(contactDecider)(...before)
      .when(changed(2))
      .then(...news, ended);
    const after = [...before, ...news, ended].reduce(contactDecider.evolve, contactDecider.initial);
    expect([smsPhoneOf(after), maySms(after)]).toEqual(['+447700900999', false]);
  });

  it('Q17: an older word on the number that arrives late changes nothing', () => {
    given(contactDecider)(...before)
      .when(changed(1))
      .thenNothing();
    given(contactDecider)(...before, ...news, ended)
      .when(meet({ toldAt: at, addresses: [{ kind: 'wa_id', address: '447700900281' }] }))
      .thenNothing();
  });

  it('a number that no SMS reaches takes the phone with it', () => {
    given(contactDecider)(...before)
      .when(meet({ toldAt: at2, addresses: [{ kind: 'wa_id', address: '870123' }] }))
      .then(
        learnedAt(2, 'wa_id', '870123'),
        { type: 'ContactAddressLost', at: at2, data: { kind: 'phone' } },
        ended,
      );
  });

  it('what was found out of the old phone says nothing of the new one', () => {
    const unusable: ContactEvent = { type: 'PhoneFoundUnusable', at, data: { reason: 'landline' } };
    given(contactDecider)(...before, unusable)
      .when(changed(2))
      .then(...news, ended, { type: 'PhoneFoundUsable', at: at2, data: {} });
  });

  it('says yes to SMS at the new number by START, or by writing from it', () => {
    for (const source of ['START', 'WROTE_SMS'] as const)
      given(contactDecider)(...before, ...news, ended)
        .when({ type: 'GiveSmsConsent', at: instant(3), source })
        .then({ type: 'SmsConsentGiven', at: instant(3), data: { source } });
    const stop: ContactEvent = { ...ended, data: { source: 'STOP' } };
    given(contactDecider)(...before, stop)
      .when({ type: 'GiveSmsConsent', at: instant(3), source: 'WROTE_SMS' })
      .thenNothing();
  });

  it('loses it to somebody else, with what was agreed for it', () => {
    given(contactDecider)(...before)
      .when({ type: 'LoseAddresses', kinds: ['wa_id', 'phone'], toldAt: at2 })
      .then(
        { type: 'ContactAddressLost', at: at2, data: { kind: 'wa_id' } },
        { type: 'ContactAddressLost', at: at2, data: { kind: 'phone' } },
        ended,
      );
    given(contactDecider)(met)
      .when({ type: 'LoseAddresses', kinds: ['phone'], toldAt: at2 })
      .thenNothing();
  });
});

describe('two contacts that are one', () => {
  const dan = contactId('dan');
  const fold = (...facts: readonly ContactEvent[]) =>
    facts.reduce(contactDecider.evolve, contactDecider.initial);
  const route: ContactEvent = {
    type: 'SmsRouteSet',
    at,
    data: { smsNumber: '+447700900800', threadId: threadId('thread2') },
  };
  const bsuid: ContactEvent = {
    type: 'ContactAddressLearned',
    at: instant(3),
    data: { kind: 'bsuid', address: 'GB.1', numberId: numberId('number1') },
  };
  const from = fold(
    { type: 'ContactMet', at, data: { contactId: dan } },
    bsuid,
    named('Dan'),
    opened('number1', 'thread2'),
    route,
    { type: 'SmsConsentWithdrawn', at: instant(4), data: { source: 'STOP' } },
  );
  const threads = [{ numberId: numberId('number1'), threadId: threadId('thread2') }];
  const smsRoutes = [{ smsNumber: '+447700900800', threadId: threadId('thread1') }];
  const takeOver: ContactCommand = {
    type: 'TakeOver',
    at,
    absorbedContactId: dan,
    from,
    threads,
    smsRoutes,
  };
  const taken: readonly ContactEvent[] = [
    {
      type: 'ContactsMerged',
      at,
      data: { absorbedContactId: dan, earlierContactIds: [], threads },
    },
    bsuid,
    { type: 'SmsConsentWithdrawn', at: instant(4), data: { source: 'STOP' } },
    { type: 'SmsRouteSet', at, data: smsRoutes[0] as never },
  ];

  it('Q17: the survivor takes over what it lacks, once; a no to SMS is a no', () => {
    given(contactDecider)(...known)
      .when(takeOver)
      .then(...taken);
    given(contactDecider)(...known, ...taken)
      .when(takeOver)
      .thenNothing();
    expect(fold(...known, ...taken).absorbed.threads.toObject()).toEqual({ thread2: 'number1' });
  });

  const told = (ms: number, kind: 'wa_id' | 'phone', address: string): ContactEvent => ({
    type: 'ContactAddressLearned',
    at: instant(ms),
    data: { kind, address, numberId: numberId('number1') },
  });
  const numbered = (ms: number, digits: string, ...more: readonly ContactEvent[]) =>
    fold(met, told(ms, 'wa_id', digits), told(ms, 'phone', `+${digits}`), ...more);
  const unusable: ContactEvent = { type: 'PhoneFoundUnusable', at, data: { reason: 'landline' } };

  it('R094: what was found out of a phone goes with it, and with no other', () => {
    const withPhone = numbered(5, '447700900999', unusable);
    const takes = (from: Contact): ContactCommand => ({ ...takeOver, from, smsRoutes: [] });
    const after = (from: Contact) => {
      const decided = contactDecider.decide(fold(...known), takes(from));
      return fold(...known, ...(Array.isArray(decided) ? decided : []));
    };
    expect(after(withPhone).isPhoneUnusable).toBe(true);
    expect(after(numbered(5, '447700900999')).isPhoneUnusable).toBe(false);
    const kept = [...known, told(9, 'phone', '+447700900281')];
    const decided = contactDecider.decide(fold(...kept), takes(withPhone));
    expect(decided).not.toContainEqual(expect.objectContaining({ type: 'PhoneFoundUnusable' }));
  });

  it('R100: a route of the survivor’s own stays', () => {
    const own: ContactEvent = {
      type: 'SmsRouteSet',
      at,
      data: { smsNumber: '+447700900800', threadId: threadId('thread9') },
    };
    const decided = contactDecider.decide(fold(...known, own), takeOver);
    expect(decided).not.toContainEqual(expect.objectContaining({ type: 'SmsRouteSet' }));
  });

  it('Q17: leaves the older of two numbers behind, whosever it was', () => {
    const [older, newer] = [numbered(1, '447700900281'), numbered(2, '447700900999')];
    const left = [
      { kind: 'wa_id', address: '447700900281', until: instant(2) },
      { kind: 'phone', address: '+447700900281', until: instant(2) },
    ];
    expect(leftByMerger(older, newer)).toEqual(left);
    expect(leftByMerger(newer, older)).toEqual(left);
    expect(leftByMerger(newer, numbered(1, '447700900999'))).toEqual([]);
    expect(leftByMerger(newer, fold(met))).toEqual([]);
  });

  it('what is meant for the absorbed one is the survivor’s', () => {
    const absorbed: ContactEvent = {
      type: 'ContactAbsorbed',
      at,
      data: { survivorContactId: dan },
    };
    const command: ContactCommand = { type: 'BeAbsorbed', at, survivorContactId: dan };
    given(contactDecider)(...known)
      .when(command)
      .then(absorbed);
    given(contactDecider)(...known, absorbed)
      .when(command)
      .thenNothing();
    given(contactDecider)(...known, absorbed)
      .when(meet())
      .thenRejected('ContactIsAbsorbed', { survivorContactId: dan });
  });

  const histories = [[], known, [...known, ...taken]];
  const commands: ContactCommand[] = [
    takeOver,
    { type: 'BeAbsorbed', at, survivorContactId: dan },
    { type: 'LoseAddresses', kinds: ['wa_id'], toldAt: at },
    { type: 'OpenThread', at, numberId: numberId('number2'), threadId: threadId('thread3') },
  ];
  for (const { name, check } of laws(contactDecider, { name: 'mergers', histories, commands }))
    it(name, check);
});
