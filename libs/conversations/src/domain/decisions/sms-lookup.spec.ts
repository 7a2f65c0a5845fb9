import { describe, expect, it } from '@jest/globals';
import { given } from '#kernel/spec';
import {
  accepted,
  dispatching,
  lookupDue,
  notListed,
  receipt,
  resolved,
  unknown,
} from '../../spec/dispatches.js';
import { bridgeRequested, bridgeSent, failed, open, requested } from '../../spec/facts.js';
import { after, bridgeId, dayMs, noon, reply } from '../../spec/people.js';
import {
  absent,
  acceptance,
  bridging,
  lookUp,
  settle,
  startNext,
  tell,
} from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';
import type { ConversationEvent } from '../events.js';
import { smsLookupsMax } from './due-sms-lookup.js';

const { evolve, initial } = conversationDecider;
const bridge = { message: bridgeId };
const lost: readonly ConversationEvent[] = [
  ...open(noon),
  requested(after(1)),
  failed(after(1)),
  bridgeRequested(after(1)),
  dispatching(after(2), bridge),
  unknown(after(3), bridge),
];
const again = (at: number) => {
  const { data } = resolved(after(at), 'SEND_AGAIN', bridge);
  const fact = { type: 'DispatchResolved' as const, at: after(at), data };
  return { ...fact, data: { ...fact.data, request: null } };
};
const twiceAbsent = [
  ...lost,
  lookupDue(after(4), 1, bridge),
  notListed(after(5), 1, bridge),
  lookupDue(after(6), 2, bridge),
  notListed(after(7), 2, bridge),
  again(7),
];

describe('an SMS whose outcome is unknown', () => {
  it('F10: is looked for in the provider’s list, a bounded number of times', () => {
    given(conversationDecider)(...lost)
      .when(lookUp(after(4)))
      .then(lookupDue(after(4), 1, bridge));
    const looked = Array.from({ length: smsLookupsMax }, (_, n) =>
      lookupDue(after(4 + n), n + 1, bridge),
    );
    given(conversationDecider)(...lost, ...looked.slice(1))
      .when(lookUp(after(99)))
      .thenNothing();
  });

  it('is not looked for once anybody has told what became of it', () => {
    const known = [accepted(after(4), bridge), receipt(after(4), 'DELIVERED', bridge)];
    for (const fact of known)
      given(conversationDecider)(...lost, fact)
        .when(lookUp(after(5)))
        .thenNothing();
  });

  it('P10: a message for WhatsApp is never looked for', () => {
    const facts = [...open(noon), requested(after(1)), dispatching(after(2)), unknown(after(3))];
    given(conversationDecider)(...facts)
      .when(lookUp(after(4), { message: reply }))
      .thenNothing();
  });

  it('F10: found, it was sent, and is not sent again', () => {
    given(conversationDecider)(...lost, lookupDue(after(4), 1, bridge))
      .when(tell(after(5), acceptance(bridge, 1), bridge))
      .then(
        {
          ...accepted(after(5), bridge),
          data: { ...accepted(after(5), bridge).data, segments: 1 },
        },
        bridgeSent(after(5), { segments: 1 }),
      );
  });

  it('F10: absent once, it is looked for again; absent twice, it is sent once more', () => {
    const first = [...lost, lookupDue(after(4), 1, bridge)];
    given(conversationDecider)(...first)
      .when(absent(after(5), 1))
      .then(notListed(after(5), 1, bridge));
    const looked = [...first, notListed(after(5), 1, bridge)];
    given(conversationDecider)(...looked)
      .when(absent(after(5), 1))
      .thenNothing();
    given(conversationDecider)(...looked, lookupDue(after(6), 2, bridge))
      .when(absent(after(7), 2))
      .then(notListed(after(7), 2, bridge), again(7));
  });

  it('is started again with the same id, however late that is', () => {
    const start = startNext(after(dayMs), 'ours', { channel: 'SMS', terms: bridging });
    given(conversationDecider)(...twiceAbsent)
      .when(start)
      .then(dispatching(after(dayMs), { ...bridge, attempt: 2 }));
  });

  it('P10: lost a second time it is never sent a third time by itself', () => {
    const second = { ...bridge, attempt: 2 };
    const lostAgain = [
      ...twiceAbsent,
      dispatching(after(8), second),
      unknown(after(9), second),
      lookupDue(after(10), 1, second),
      notListed(after(11), 1, second),
      lookupDue(after(12), 2, second),
    ];
    given(conversationDecider)(...lostAgain)
      .when(absent(after(13), 2, second))
      .then(notListed(after(13), 2, second));
  });

  it('is settled by a person who knows that it arrived: it counts as sent from then on', () => {
    given(conversationDecider)(...lost)
      .when(settle(after(9), 'ARRIVED', { messageId: bridgeId }))
      .then(resolved(after(9), 'ARRIVED', bridge), bridgeSent(after(9)));
    const thread = [...lost, resolved(after(9), 'ARRIVED', bridge), bridgeSent(after(9))].reduce(
      evolve,
      initial,
    );
    expect(thread.outbound.get(bridgeId)?.delivery.acceptedAt).toBe(after(9));
  });
});
