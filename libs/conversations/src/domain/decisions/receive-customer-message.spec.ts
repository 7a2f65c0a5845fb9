import { describe, expect, it } from '@jest/globals';
import { messageId, type Instant } from '#kernel';
import { given } from '#kernel/spec';
import { accepted, dispatching } from '../../spec/dispatches.js';
import {
  ended,
  open,
  requested,
  started,
  windowOver,
  windowRefused,
  wrote,
} from '../../spec/facts.js';
import { after, dayMs, hourMs, minuteMs, noon, reply, second, the } from '../../spec/people.js';
import { receive } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';
import { closesAtMs, windowStatus } from '../window.js';
import { epochMs } from '#kernel';

const { evolve, initial } = conversationDecider;
const windowAfter = (...facts: Parameters<typeof evolve>[1][]) =>
  facts.reduce(evolve, initial).window;
const statusAt = (at: Instant, ...facts: Parameters<typeof evolve>[1][]) =>
  windowStatus(windowAfter(...facts), epochMs(at));

describe('receiving a customer message', () => {
  it('R001: opens a window of 24 hours and begins the first conversation', () => {
    given(conversationDecider)()
      .when(receive(noon))
      .then(started(noon), wrote(noon, 'hello', { windowClosesAt: after(dayMs) }));
    expect(statusAt(after(dayMs - 1), ...open(noon))).toBe('OPEN');
    expect(statusAt(after(dayMs), ...open(noon))).toBe('EXPIRED');
  });

  it('goes on in the conversation that there is', () => {
    given(conversationDecider)(...open())
      .when(receive(after(1), 'more'))
      .then(wrote(after(1), 'more'));
  });

  it('begins another conversation once the last has ended', () => {
    given(conversationDecider)(...open(), ended(after(1)))
      .when(receive(after(2), 'more'))
      .then(started(after(2), 2), wrote(after(2), 'more', { conversationId: second }));
  });

  it.each(['image', 'audio', 'video', 'document', 'sticker', 'location', 'contacts', 'reaction'])(
    'R002, Q04: a message of the type %s opens it as a text does',
    (type) => {
      const content = { kind: 'unsupported' as const, type, raw: { [type]: { id: '7' } } };
      given(conversationDecider)()
        .when(receive(noon, 'hello', { content }))
        .then(started(noon), wrote(noon, 'hello', { content, windowClosesAt: after(dayMs) }));
    },
  );

  it('R002: what is not the customer writing is kept and opens nothing', () => {
    const content = { kind: 'unsupported' as const, type: 'system', raw: {} };
    const notice = { content, opensWindow: false };
    given(conversationDecider)()
      .when(receive(noon, 'notice', notice))
      .then(started(noon), wrote(noon, 'notice', { ...notice, windowClosesAt: null }));
    given(conversationDecider)(...open(noon))
      .when(receive(after(hourMs), 'notice', notice))
      .then(wrote(after(hourMs), 'notice', { ...notice, windowClosesAt: after(dayMs) }));
  });

  it('R004: resets the window to a full 24 hours', () => {
    const half = after(30 * minuteMs);
    given(conversationDecider)(...open(noon))
      .when(receive(half, 'again'))
      .then(wrote(half, 'again', { windowClosesAt: after(30 * minuteMs + dayMs) }));
  });

  it('R005: 19:30 and 20:00 in the evening: until 20:00 tomorrow, also over both clock changes', () => {
    for (const [begun, latest, closes] of [
      ['2026-11-20T19:30:00Z', '2026-11-20T20:00:00Z', '2026-11-21T20:00:00.000Z'],
      ['2026-03-28T19:30:00+00:00', '2026-03-28T20:00:00+00:00', '2026-03-29T21:00:00+01:00'],
      ['2026-10-24T19:30:00+01:00', '2026-10-24T20:00:00+01:00', '2026-10-25T19:00:00+00:00'],
    ] as const)
      given(conversationDecider)(...open(the(begun)))
        .when(receive(the(latest), 'latest'))
        .then(wrote(the(latest), 'latest', { windowClosesAt: the(closes) }));
  });

  it('R008: reopens the window after it has closed, also after a refusal', () => {
    const late = after(3 * dayMs);
    const before = [...open(noon), windowOver(noon)];
    expect(statusAt(late, ...before)).toBe('EXPIRED');
    expect(statusAt(late, ...before, wrote(late, 'back'))).toBe('OPEN');
    const refused = [
      ...open(noon),
      requested(after(1)),
      dispatching(after(2)),
      windowRefused(after(3), after(2)),
    ];
    expect(statusAt(after(4), ...refused)).toBe('EXPIRED');
    expect(statusAt(after(5), ...refused, wrote(after(5), 'back'))).toBe('OPEN');
  });

  it('Q12, F15: the same message adds nothing, however often and in whatever conversation', () => {
    given(conversationDecider)(...open())
      .when(receive(noon))
      .thenNothing();
    given(conversationDecider)(...open(), ended(after(1)))
      .when(receive(after(dayMs)))
      .thenNothing();
  });

  it('Q13: a late message never shortens the window', () => {
    const late = after(-2 * hourMs);
    given(conversationDecider)(...open(noon))
      .when(receive(after(1), 'late', { claimedAt: late, receivedAt: after(1) }))
      .then(wrote(late, 'late', { receivedAt: after(1), windowClosesAt: after(dayMs) }));
  });

  it('a message 26 hours late is kept and the window stays closed', () => {
    const sent = after(-26 * hourMs);
    const told = { receivedAt: noon, windowClosesAt: after(-2 * hourMs) };
    given(conversationDecider)()
      .when(receive(noon, 'late', { claimedAt: sent }))
      .then(started(noon), wrote(sent, 'late', told));
    expect(statusAt(noon, started(noon), wrote(sent, 'late', told))).toBe('EXPIRED');
  });

  it('Q14, F37: a time in the future is clamped to our receipt, and both are kept', () => {
    for (const ahead of [1, 5 * minuteMs, 400 * dayMs])
      given(conversationDecider)()
        .when(receive(noon, 'hello', { claimedAt: after(ahead), receivedAt: noon }))
        .then(
          started(noon),
          wrote(noon, 'hello', { claimedAt: after(ahead), windowClosesAt: after(dayMs) }),
        );
    given(conversationDecider)()
      .when(receive(after(5), 'hello', { claimedAt: noon, receivedAt: noon }))
      .then(started(after(5)), wrote(noon));
  });

  it('F16: knows which message is quoted, whoever wrote it, and does without an unknown one', () => {
    const facts = [...open(), requested(after(1)), dispatching(after(2)), accepted(after(3))];
    for (const [quotedFingerprint, quotedMessageId] of [
      ['print-hello', messageId('hello')],
      ['print-reply1-1', reply],
      ['print-nobody', null],
      [null, null],
    ] as const)
      given(conversationDecider)(...facts)
        .when(receive(after(4), 'answer', { quotedFingerprint }))
        .then(wrote(after(4), 'answer', { quotedMessageId }));
  });

  it('C05, C06: the window belongs to the thread: a new conversation shows the same one', () => {
    const facts = [...open(noon), ended(after(hourMs))];
    expect(closesAtMs(windowAfter(...facts))).toBe(epochMs(after(dayMs)));
    expect(statusAt(after(2 * hourMs), ...facts)).toBe('OPEN');
  });
});
