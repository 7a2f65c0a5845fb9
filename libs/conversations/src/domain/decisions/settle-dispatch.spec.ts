import { describe, it } from '@jest/globals';
import { messageId } from '#kernel';
import { given } from '#kernel/spec';
import {
  accepted,
  deferred,
  dispatching,
  receipt,
  resolved,
  retryDue,
  unknown,
} from '../../spec/dispatches.js';
import { open, requested } from '../../spec/facts.js';
import { after, noon } from '../../spec/people.js';
import { giveUp, retry, settle } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';

const inHand = [...open(noon), requested(after(1)), dispatching(after(2))];
const off = [...inHand, deferred(after(3), after(9))];
const lost = [...inHand, unknown(after(3))];
const reconcileWords = 'no outcome was recorded within the reconcile time';

describe('trying again', () => {
  it('is for a message that was put off, and for the attempt that was', () => {
    given(conversationDecider)(...off)
      .when(retry(after(9)))
      .then(retryDue(after(9)));
    given(conversationDecider)(...off)
      .when(retry(after(9), { attempt: 2 }))
      .thenNothing();
    given(conversationDecider)(...off, retryDue(after(9)))
      .when(retry(after(9)))
      .thenNothing();
    given(conversationDecider)(...inHand)
      .when(retry(after(9)))
      .thenNothing();
    given(conversationDecider)(...lost)
      .when(retry(after(9)))
      .thenNothing();
    given(conversationDecider)(...open())
      .when(retry(after(9)))
      .thenNothing();
  });
});

describe('giving up', () => {
  it('F5: is for a call that has no outcome: it is not known, and never repeated', () => {
    given(conversationDecider)(...inHand)
      .when(giveUp(after(9)))
      .then(unknown(after(9), {}, reconcileWords));
    for (const outcome of [accepted(after(3)), unknown(after(3)), receipt(after(3), 'SENT')])
      given(conversationDecider)(...inHand, outcome)
        .when(giveUp(after(9)))
        .thenNothing();
    given(conversationDecider)(...inHand)
      .when(giveUp(after(9), { attempt: 2 }))
      .thenNothing();
    given(conversationDecider)(...off)
      .when(giveUp(after(9)))
      .thenNothing();
    given(conversationDecider)(...open())
      .when(giveUp(after(9)))
      .thenNothing();
  });
});

describe('a person who says what became of a message', () => {
  it.each(['ARRIVED', 'SEND_AGAIN'] as const)('P10: settles it: %s', (outcome) => {
    given(conversationDecider)(...lost)
      .when(settle(after(4), outcome))
      .then(resolved(after(4), outcome));
  });

  it('F39: says it once with one key, and no other thing with the same', () => {
    const settled = [...lost, resolved(after(4), 'SEND_AGAIN')];
    given(conversationDecider)(...settled)
      .when(settle(after(5), 'SEND_AGAIN'))
      .thenNothing();
    given(conversationDecider)(...settled)
      .when(settle(after(5), 'ARRIVED'))
      .thenRejected('IdempotencyKeyUsedOtherwise');
  });

  it('is too late once it is known, also when a receipt has come', () => {
    for (const known of [
      inHand,
      off,
      [...lost, receipt(after(4), 'SENT')],
      [...lost, accepted(after(4))],
    ])
      given(conversationDecider)(...known)
        .when(settle(after(5), 'SEND_AGAIN'))
        .thenRejected('MessageNotUnconfirmed');
    given(conversationDecider)(...lost, resolved(after(4), 'ARRIVED'))
      .when(settle(after(5), 'SEND_AGAIN', { requestKey: 'other' }))
      .thenRejected('MessageNotUnconfirmed');
  });

  it('cannot settle a message that nobody asked for', () => {
    given(conversationDecider)(...lost)
      .when(settle(after(5), 'ARRIVED', { messageId: messageId('nobody') }))
      .thenRejected('MessageUnknown');
  });
});
