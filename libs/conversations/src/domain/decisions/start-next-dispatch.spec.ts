import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isRejection, messageId } from '#kernel';
import { given } from '#kernel/spec';
import {
  accepted,
  badNumber,
  deferred,
  dispatching,
  rejected,
  resolved,
  retryDue,
  unknown,
} from '../../spec/dispatches.js';
import { failed, open, requested, templateRequested } from '../../spec/facts.js';
import { after, dayMs, noon, reply } from '../../spec/people.js';
import { acceptance, giveUp, request, retry, settle, startNext, tell } from '../../spec/wishes.js';
import { conversationDecider, type ConversationCommand } from '../conversation.js';
import type { ConversationEvent } from '../events.js';
import { templateFailure } from '../template-withdrawal.js';

const next = messageId('reply2');
const notice = messageId('notice');
const two = [...open(noon), requested(after(1)), requested(after(2), next)];

describe('starting the next dispatch', () => {
  it('takes the message that was asked for first', () => {
    given(conversationDecider)(...two)
      .when(startNext(after(3)))
      .then(dispatching(after(3)));
    given(conversationDecider)(...open())
      .when(startNext(after(1)))
      .thenNothing();
  });

  it('P9: waits while another dispatcher has a message in hand', () => {
    given(conversationDecider)(...two, dispatching(after(3), {}, 'theirs'))
      .when(startNext(after(4)))
      .thenNothing();
  });

  it('waits behind a message that was put off, and goes on with it when its time has come', () => {
    const off = [...two, dispatching(after(3)), deferred(after(4), after(9))];
    given(conversationDecider)(...off)
      .when(startNext(after(5)))
      .thenNothing();
    given(conversationDecider)(...off, retryDue(after(9)))
      .when(startNext(after(9)))
      .then(dispatching(after(9), { attempt: 2 }));
  });

  it.each([
    ['accepted', accepted(after(4))],
    ['rejected', rejected(after(4), badNumber)],
    ['not known', unknown(after(4))],
  ])('goes on with the next once the outcome of the first is %s', (_, outcome) => {
    given(conversationDecider)(...two, dispatching(after(3)), outcome)
      .when(startNext(after(5)))
      .then(dispatching(after(5), { message: next }));
  });

  it('puts a message that is sent again by a person behind those that wait', () => {
    const again = [dispatching(after(3)), unknown(after(4)), resolved(after(5), 'SEND_AGAIN')];
    given(conversationDecider)(...two, ...again)
      .when(startNext(after(6)))
      .then(dispatching(after(6), { message: next }));
  });

  it('F32: asks for the window again just before: open at +24 h − 1 ms, expired at +24 h', () => {
    given(conversationDecider)(...two)
      .when(startNext(after(dayMs - 1)))
      .then(dispatching(after(dayMs - 1)));
    given(conversationDecider)(...two)
      .when(startNext(after(dayMs)))
      .then(failed(after(dayMs), reply, null), failed(after(dayMs), next, null));
  });

  it('F32: what expired meanwhile does not hold up a template behind it', () => {
    given(conversationDecider)(...two, templateRequested(after(3), notice))
      .when(startNext(after(dayMs), 'ours', { templates: new Map([[notice, null]]) }))
      .then(
        failed(after(dayMs), reply, null),
        failed(after(dayMs), next, null),
        dispatching(after(dayMs), { message: notice }),
      );
  });

  it.each(['DRAFT', 'PENDING', 'REJECTED', 'PAUSED', 'CHANGED'] as const)(
    'R043: a template that is %s by now is not sent, and holds up nobody behind it',
    (withdrawal) => {
      const withdrawn = templateRequested(after(0), notice);
      given(conversationDecider)(...open(noon), withdrawn, requested(after(1), next))
        .when(startNext(after(2), 'ours', { templates: new Map([[notice, withdrawal]]) }))
        .then(
          failed(after(2), notice, null, templateFailure(withdrawal)),
          dispatching(after(2), { message: next }),
        );
    },
  );

  it('R043: a template of which nothing was read is not sent yet, nor is what is behind it', () => {
    given(conversationDecider)(...open(noon), templateRequested(after(0), notice), ...two.slice(2))
      .when(startNext(after(2)))
      .thenNothing();
  });
});

const names = [messageId('a'), messageId('b'), messageId('c')] as const;
const message = fc.constantFrom(...names);
const attempt = fc.integer({ min: 1, max: 3 });
const of = fc.record({ message, attempt });
const now = after(5);
const wish: fc.Arbitrary<ConversationCommand> = fc.oneof(
  message.map((name) => request(now, name)),
  fc.constant(startNext(now)),
  of.map((which) => tell(now, acceptance(which), which)),
  of.map((which) => tell(now, { kind: 'rejected', failure: badNumber }, which)),
  of.map((which) => tell(now, { kind: 'deferred', failure: badNumber, retryAt: after(9) }, which)),
  of.map((which) => tell(now, { kind: 'unknown', why: 'lost' }, which)),
  of.map((which) => retry(now, which)),
  of.map((which) => giveUp(now, which)),
  message.map((messageId) => settle(now, 'SEND_AGAIN', { messageId, requestKey: messageId })),
);

/** What stands in the way of a second dispatch: a message in hand, or one put off. */
const held = (facts: readonly ConversationEvent[]): ReadonlySet<string> => {
  const holding = new Set<string>();
  for (const { type, data } of facts) {
    if (type === 'DispatchStarted') holding.add(data.messageId);
    if (type === 'DispatchDeferred') holding.add(data.messageId);
    if (
      type === 'DispatchAccepted' ||
      type === 'DispatchRejected' ||
      type === 'DispatchOutcomeUnknown' ||
      type === 'DispatchRetryDue'
    )
      holding.delete(data.messageId);
  }
  return holding;
};

it('P9: whatever is wished, no two messages are in hand, and none overtakes one put off', () => {
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 40 }), (wishes) => {
      const facts: ConversationEvent[] = [...open(noon)];
      let state = facts.reduce(conversationDecider.evolve, conversationDecider.initial);
      for (const each of wishes) {
        const decision = conversationDecider.decide(state, each);
        if (isRejection(decision)) continue;
        const starts = decision.filter(({ type }) => type === 'DispatchStarted');
        if (starts.length > 0) expect([...held(facts)]).toEqual([]);
        expect(starts.length).toBeLessThanOrEqual(1);
        facts.push(...decision);
        state = decision.reduce(conversationDecider.evolve, state);
      }
    }),
    { numRuns: 300 },
  );
});
