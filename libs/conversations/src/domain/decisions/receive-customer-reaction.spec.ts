import { describe, expect, it } from '@jest/globals';
import { epochMs } from '#kernel';
import { given } from '#kernel/spec';
import { accepted, dispatching } from '../../spec/dispatches.js';
import { called, ended, open, reacted, requested, started } from '../../spec/facts.js';
import { after, dayMs, hourMs, noon, reply, second } from '../../spec/people.js';
import { call, react } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';
import { windowStatus } from '../window.js';

const { evolve, initial } = conversationDecider;
const threadAfter = (...facts: Parameters<typeof evolve>[1][]) => facts.reduce(evolve, initial);

describe('receiving a reaction', () => {
  it('Q04: opens the window for 24 hours, as a message does', () => {
    const late = after(dayMs + hourMs);
    given(conversationDecider)(...open(noon))
      .when(react(late))
      .then(reacted(late));
    const { window } = threadAfter(...open(noon), reacted(late));
    expect(windowStatus(window, epochMs(after(2 * dayMs + hourMs - 1)))).toBe('OPEN');
    expect(windowStatus(window, epochMs(after(2 * dayMs + hourMs)))).toBe('EXPIRED');
  });

  it('Q04: is of a message of either side, and is taken back by one without an emoji', () => {
    const answered = [...open(), requested(after(1)), dispatching(after(2)), accepted(after(3))];
    given(conversationDecider)(...answered)
      .when(react(after(4), 'reply1-1'))
      .then(reacted(after(4), reply));
    given(conversationDecider)(...answered, reacted(after(4), reply))
      .when(react(after(5), 'reply1-1', { fingerprint: 'print-back', emoji: null }))
      .then(reacted(after(5), reply, { fingerprint: 'print-back', emoji: null }));
  });

  it('belongs to the conversation of its message, and begins none', () => {
    const over = [...open(), ended(after(1))];
    given(conversationDecider)(...over)
      .when(react(after(2)))
      .then(reacted(after(2)));
    given(conversationDecider)(...over, started(after(3), 2))
      .when(react(after(4)))
      .then(reacted(after(4)));
    given(conversationDecider)(...over, started(after(3), 2))
      .when(react(after(4), 'nobody'))
      .then(reacted(after(4), null, { conversationId: second }));
  });

  it('begins the first conversation when nothing was ever said here', () => {
    given(conversationDecider)()
      .when(react(noon, 'nobody'))
      .then(started(noon), reacted(noon, null));
  });

  it('Q12, Q13, Q14: counts once, never shortens the window, and is clamped to our receipt', () => {
    given(conversationDecider)(...open(), reacted(after(1)))
      .when(react(after(1)))
      .thenNothing();
    given(conversationDecider)(...open(noon))
      .when(react(after(2), 'hello', { claimedAt: after(-hourMs) }))
      .then({
        ...reacted(after(-hourMs), 'hello', { receivedAt: after(2), windowClosesAt: after(dayMs) }),
      });
    given(conversationDecider)(...open(noon))
      .when(react(after(2), 'hello', { claimedAt: after(hourMs) }))
      .then(reacted(after(2), 'hello', { claimedAt: after(hourMs) }));
  });

  it('is no writing: neither the reply channel nor what a writer must have seen changes', () => {
    const before = threadAfter(...open());
    const then = evolve(before, reacted(after(1)));
    expect(then.lastSeen).toEqual(before.lastSeen);
    expect(then.writerRevision).toBe(before.writerRevision);
    expect(then.unread).toBe(before.unread);
  });
});

describe('receiving a call', () => {
  it('Q04: opens the window, whether the customer called or took our call', () => {
    const late = after(2 * dayMs);
    for (const how of ['CALLED', 'ANSWERED'] as const) {
      given(conversationDecider)(...open(noon))
        .when(call(late, { how }))
        .then(called(late, { how }));
      const { window } = threadAfter(...open(noon), called(late, { how }));
      expect(windowStatus(window, epochMs(late))).toBe('OPEN');
    }
  });

  it('Q12: counts once, and begins the first conversation', () => {
    given(conversationDecider)().when(call(noon)).then(started(noon), called(noon));
    given(conversationDecider)(started(noon), called(noon))
      .when(call(after(5)))
      .thenNothing();
  });
});
