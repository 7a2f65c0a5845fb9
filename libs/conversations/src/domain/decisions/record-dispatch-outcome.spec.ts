import { describe, it } from '@jest/globals';
import { messageId } from '#kernel';
import { given } from '#kernel/spec';
import {
  accepted,
  badNumber,
  deferred,
  dispatching,
  outsideWindow,
  receipt,
  rejected,
  resolved,
  tooFast,
  unknown,
} from '../../spec/dispatches.js';
import { open, requested, windowRefused, wrote } from '../../spec/facts.js';
import { after, noon } from '../../spec/people.js';
import { acceptance, tell } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';

const inHand = [...open(noon), requested(after(1)), dispatching(after(2))];
const deferral = { kind: 'deferred' as const, failure: tooFast, retryAt: after(9) };
const refusal = { kind: 'rejected' as const, failure: outsideWindow };

describe('recording what became of a call', () => {
  it('keeps each outcome of a call that was begun', () => {
    const now = after(3);
    given(conversationDecider)(...inHand)
      .when(tell(now, acceptance()))
      .then(accepted(now));
    given(conversationDecider)(...inHand)
      .when(tell(now, { kind: 'rejected', failure: badNumber }))
      .then(rejected(now, badNumber));
    given(conversationDecider)(...inHand)
      .when(tell(now, deferral))
      .then(deferred(now, after(9)));
    given(conversationDecider)(...inHand)
      .when(tell(now, { kind: 'unknown', why: 'timed out' }))
      .then(unknown(now));
  });

  it('keeps the first outcome only', () => {
    for (const first of [
      accepted(after(3)),
      rejected(after(3), badNumber),
      deferred(after(3), after(9)),
    ])
      for (const outcome of [
        acceptance(),
        refusal,
        deferral,
        { kind: 'unknown' as const, why: '' },
      ])
        given(conversationDecider)(...inHand, first)
          .when(tell(after(4), outcome))
          .thenNothing();
  });

  it('F6: learns what became of a call that had been given up', () => {
    const lost = [...inHand, unknown(after(3))];
    given(conversationDecider)(...lost)
      .when(tell(after(4), acceptance()))
      .then(accepted(after(4)));
    given(conversationDecider)(...lost)
      .when(tell(after(4), { kind: 'rejected', failure: badNumber }))
      .then(rejected(after(4), badNumber));
    given(conversationDecider)(...lost)
      .when(tell(after(4), deferral))
      .thenNothing();
    given(conversationDecider)(...lost, resolved(after(4), 'ARRIVED'))
      .when(tell(after(5), acceptance()))
      .thenNothing();
  });

  it('F16: learns the id of a message whose receipt came before our own answer', () => {
    given(conversationDecider)(...inHand, receipt(after(3), 'DELIVERED'))
      .when(tell(after(4), acceptance()))
      .then(accepted(after(4)));
    given(conversationDecider)(...inHand, receipt(after(3), 'DELIVERED'), accepted(after(4)))
      .when(tell(after(5), acceptance()))
      .thenNothing();
  });

  it('says nothing of another attempt than the latest', () => {
    given(conversationDecider)(...inHand)
      .when(tell(after(3), acceptance(), { attempt: 2 }))
      .thenNothing();
    const again = [unknown(after(3)), resolved(after(4), 'SEND_AGAIN')];
    given(conversationDecider)(...inHand, ...again)
      .when(tell(after(5), acceptance()))
      .thenNothing();
  });

  it('refuses what it is told of a message that nobody asked for', () => {
    given(conversationDecider)(...inHand)
      .when(tell(after(3), acceptance(), { message: messageId('nobody') }))
      .thenRejected('MessageUnknown');
  });

  it('R015: a 131047 in the answer fails the message and closes the window', () => {
    given(conversationDecider)(...inHand)
      .when(tell(after(3), refusal))
      .then(rejected(after(3), outsideWindow), windowRefused(after(3), after(2)));
  });

  it('R015: the customer who has written since keeps it open, and it may be tried again', () => {
    given(conversationDecider)(...inHand, wrote(after(3), 'wait'))
      .when(tell(after(4), refusal))
      .then(rejected(after(4), { ...outsideWindow, retryable: true }));
    given(conversationDecider)(...inHand, wrote(after(2), 'same instant'))
      .when(tell(after(4), refusal))
      .then(rejected(after(4), outsideWindow), windowRefused(after(4), after(2)));
  });
});
