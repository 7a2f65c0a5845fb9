import { describe, it } from '@jest/globals';
import { ERASED, contactId, instant, numberId, threadId } from '#kernel';
import { given, laws } from '#kernel/spec';
import { contactDecider, type ContactCommand } from './contact.js';
import type { ContactEvent } from './events.js';

const at = instant(1);
const meet = (told: Partial<ContactCommand> = {}): ContactCommand => ({
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
