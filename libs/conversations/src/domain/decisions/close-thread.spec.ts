import { describe, expect, it } from '@jest/globals';
import { messageId } from '#kernel';
import { given, laws } from '#kernel/spec';
import {
  accepted,
  deferred,
  dispatching,
  outsideWindow,
  receipt,
  retryDue,
} from '../../spec/dispatches.js';
import {
  absorbed,
  bridgeRequested,
  closed,
  ended,
  failed,
  open,
  portalOpened,
  portalShut,
  requested,
  started,
  windowRefused,
  wrote,
} from '../../spec/facts.js';
import {
  after,
  bridgeId,
  dan,
  daniel,
  dansThread,
  dayMs,
  first,
  noon,
  number,
  reply,
  second,
  thread,
} from '../../spec/people.js';
import { bridging, confirm, receive, request, startNext } from '../../spec/wishes.js';
import { conversationDecider, type ConversationCommand } from '../conversation.js';
import type { ConversationEvent } from '../events.js';
import { handedOn } from './close-thread.js';

const fold = (...facts: readonly ConversationEvent[]) =>
  facts.reduce(conversationDecider.evolve, conversationDecider.initial);
const close = (into = { contactId: dan, threadId: dansThread }): ConversationCommand => ({
  type: 'CloseThread',
  at: after(6),
  threadId: thread,
  into,
});
const merged = {
  reason: 'contacts_merged',
  message:
    'This customer turned out to be another contact. Send it in that contact’s conversation.',
  providerCode: null,
  providerMessage: null,
  retryable: true,
};

describe('closing the thread of a contact that is another', () => {
  it('Q17: ends the conversation that goes on, once', () => {
    given(conversationDecider)(...open(noon))
      .when(close())
      .then(ended(after(6)), closed(after(6)));
    given(conversationDecider)(...open(noon), ended(after(6)), closed(after(6)))
      .when(close())
      .thenNothing();
  });

  it('ends nothing where nothing goes on, and closes a thread that never began', () => {
    given(conversationDecider)(...open(noon), ended(after(5)))
      .when(close())
      .then(closed(after(6), { wasActive: false }));
    given(conversationDecider)()
      .when(close())
      .then(closed(after(6), { wasActive: false, episodes: 0 }));
  });

  it('R001: what waits is not sent and says so; what is on its way gets its outcome', () => {
    const facts = [...open(noon), requested(after(1))];
    const notSent = failed(after(6), reply, null, merged);
    given(conversationDecider)(...facts)
      .when(close())
      .then(notSent, ended(after(6)), closed(after(6)));
    given(conversationDecider)(...facts, dispatching(after(2)))
      .when(close())
      .then(ended(after(6)), closed(after(6)));
    given(conversationDecider)(...facts, dispatching(after(2)), deferred(after(3), after(9)))
      .when(close())
      .then(notSent, ended(after(6)), closed(after(6)));
  });

  it('a bridge that waits is given up, and its place is free', () => {
    const facts = [...open(noon), requested(after(dayMs)), bridgeRequested(after(dayMs))];
    const state = fold(...facts);
    const decided = conversationDecider.decide(state, close());
    expect(decided).toContainEqual({
      type: 'BridgeNotSent',
      at: after(6),
      data: { conversationId: first, messageId: bridgeId, causedBy: reply, failure: merged },
    });
  });

  it('is closed to all that the customer does and that members write', () => {
    const gone = [...open(noon), ended(after(6)), closed(after(6))];
    given(conversationDecider)(...gone)
      .when(receive(after(7), 'later'))
      .thenRejected('ThreadIsClosed');
    given(conversationDecider)(...gone)
      .when(request(after(7)))
      .thenRejected('ConversationHasEnded', { currentConversationId: null });
  });

  it('R015: a late refusal leads to no bridge there', () => {
    const sent = [...open(noon), requested(after(1)), dispatching(after(2)), accepted(after(3))];
    const state = fold(...sent, ended(after(6)), closed(after(6)));
    const refused = { failure: outsideWindow, terms: { ...bridging, bridgeId } };
    const late = confirm(after(dayMs + 9), 'FAILED', {}, { failed: refused });
    expect(conversationDecider.decide(state, late)).toEqual([
      receipt(after(dayMs + 9), 'FAILED', {}, outsideWindow),
      windowRefused(after(dayMs + 9), after(2)),
    ]);
  });

  it('what was put off while it was closed is not sent either', () => {
    const facts = [...open(noon), requested(after(1)), dispatching(after(2))];
    given(conversationDecider)(
      ...facts,
      ended(after(6)),
      closed(after(6)),
      deferred(after(7), after(9)),
      retryDue(after(9)),
    )
      .when(startNext(after(10)))
      .then(failed(after(10), reply, null, merged));
  });

  it('goes over again when the other contact is another, too', () => {
    const further = { contactId: daniel, threadId: thread };
    given(conversationDecider)(...open(noon), ended(after(6)), closed(after(6)))
      .when(close(further))
      .then(closed(after(6), { ...further, wasActive: false }));
  });
});

describe('a thread into which another is closed', () => {
  const absorb = (wasActive = true, told = {}): ConversationCommand => ({
    type: 'AbsorbThread',
    at: after(6),
    threadId: thread,
    numberId: number,
    contactId: daniel,
    handed: {
      threadId: dansThread,
      lastCustomerMessageAt: null,
      refusedMessageStartedAt: null,
      lastSeen: null,
      bridgeBlockedUntil: null,
      ...told,
    },
    wasActive,
  });

  it('goes on with what went on there, once', () => {
    given(conversationDecider)(...open(noon), ended(after(5)))
      .when(absorb())
      .then(
        started(after(6), 2),
        absorbed(after(6), { conversationId: second, windowClosesAt: after(dayMs) }),
      );
    given(conversationDecider)(...open(noon), ended(after(5)))
      .when(absorb(false))
      .then(absorbed(after(6), { windowClosesAt: after(dayMs) }));
    given(conversationDecider)(...open(noon), absorbed(after(6)))
      .when(absorb())
      .thenNothing();
  });

  it('R001, R009: has the window of whichever heard of the customer last', () => {
    const later = { lastCustomerMessageAt: after(100), windowClosesAt: after(100 + dayMs) };
    const state = fold(...open(noon), absorbed(after(6), later));
    expect(handedOn(state, thread).lastCustomerMessageAt).toBe(after(100));
    const earlier = { lastCustomerMessageAt: after(-100) };
    given(conversationDecider)(...open(noon))
      .when(absorb(true, earlier))
      .then(absorbed(after(6), { ...earlier, windowClosesAt: after(dayMs) }));
  });

  it('R091: keeps to the 24 hours of a bridge that went out there', () => {
    const until = after(2 * dayMs);
    const state = fold(...open(noon), absorbed(after(6), { bridgeBlockedUntil: until }));
    expect(handedOn(state, thread).bridgeBlockedUntil).toBe(until);
    const wish = { ...request(after(dayMs)), terms: bridging };
    const decided = conversationDecider.decide(state, wish);
    expect(decided).toMatchObject([
      { type: 'MessageRequested' },
      {
        type: 'MessageFailed',
        data: { failure: { reason: 'window_expired_bridge_deduplicated' } },
      },
    ]);
  });
});

describe('the portal of a customer whose number changed', () => {
  const bridged = [...open(noon), requested(after(dayMs)), bridgeRequested(after(dayMs))];
  const shut: ConversationCommand = { type: 'ShutPortal', at: after(dayMs + 9) };

  it('R160, Q17: is shut, once, and is not opened again', () => {
    given(conversationDecider)(...bridged, portalOpened(after(dayMs + 4)))
      .when(shut)
      .then(portalShut(after(dayMs + 9)));
    given(conversationDecider)(...bridged, portalShut(after(dayMs + 9)))
      .when(shut)
      .thenNothing();
    given(conversationDecider)(...bridged, portalShut(after(dayMs + 9)))
      .when({ type: 'RecordPortalVisit', at: noon, bridgeId, openedAt: after(dayMs + 8) })
      .thenNothing();
    given(conversationDecider)(...open(noon))
      .when(shut)
      .thenNothing();
  });

  it('R090: does not make room for another bridge by being shut', () => {
    const again = { ...request(after(dayMs + 20), messageId('reply2')), terms: bridging };
    const state = fold(...bridged, dispatching(after(dayMs + 1), { message: bridgeId }));
    for (const facts of [[], [portalOpened(after(dayMs + 4))]]) {
      const decided = [...facts, portalShut(after(dayMs + 9))].reduce(
        conversationDecider.evolve,
        state,
      );
      expect(conversationDecider.decide(decided, again)).toMatchObject([
        { type: 'MessageRequested', data: { channel: 'WHATSAPP' } },
        {
          type: 'MessageFailed',
          data: { failure: { reason: 'window_expired_bridge_deduplicated' } },
        },
      ]);
    }
  });
});

const histories = [
  [],
  open(noon),
  [...open(noon), requested(after(1))],
  [...open(noon), ended(after(6)), closed(after(6))],
  [...open(noon), wrote(after(3), 'more'), absorbed(after(6))],
];
const commands = [close(), close({ contactId: daniel, threadId: thread })];
describe('laws of closing', () => {
  for (const { name, check } of laws(conversationDecider, { name: 'closing', histories, commands }))
    it(name, check);
});
