import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs, instant, isRejection, messageId } from '#kernel';
import { given } from '#kernel/spec';
import {
  accepted,
  badNumber,
  dispatching,
  outsideWindow,
  receipt,
  resolved,
  unknown,
} from '../../spec/dispatches.js';
import {
  bridgeNotSent,
  bridgeRequested,
  bridgeSent,
  failed,
  open,
  requested,
  windowRefused,
  wrote,
} from '../../spec/facts.js';
import { after, bridgeId, bridgeSms, dayMs, minuteMs, noon, reply } from '../../spec/people.js';
import {
  acceptance,
  bridging,
  confirm,
  lapse,
  request,
  settle,
  startNext,
  tell,
} from '../../spec/wishes.js';
import { bridgeLapsesAfterMs, type BridgeTerms } from '../bridge.js';
import { conversationDecider } from '../conversation.js';
import { shownStatus } from '../delivery.js';
import type { ConversationEvent } from '../events.js';
import { ownFailure, windowExpired } from '../failure.js';

const { decide, evolve, initial } = conversationDecider;
const fold = (...facts: readonly ConversationEvent[]) => facts.reduce(evolve, initial);
const closed = after(dayMs);
const later = (ms: number) => after(dayMs + ms);
const reasonOf = (...facts: readonly ConversationEvent[]) =>
  fold(...facts).outbound.get(reply)?.delivery.failure?.reason;

/** The facts of a first attempt in a closed window. */
const attempt = [
  requested(closed, reply, { insideWindow: false }),
  failed(closed, reply, 'WINDOW_EXPIRED', windowExpired('window_expired_bridge_sent')),
  bridgeRequested(closed),
];
const bridge = { message: bridgeId };
const started = [...open(noon), ...attempt, dispatching(later(1), bridge)];
const sent = [...started, accepted(later(2), bridge), bridgeSent(later(2))];
const second = messageId('reply2');
const again = (ms: number, terms: Partial<BridgeTerms> = {}) =>
  request(later(ms), second, {
    terms: { ...bridging, bridgeId: messageId('bridge2'), ...terms },
  });
/** What a second attempt after these facts fails for. */
const secondReason = (facts: readonly ConversationEvent[], ms: number) => {
  const decided = decide(fold(...facts), again(ms));
  if (isRejection(decided)) throw new Error(decided.rejected);
  const fact = decided.find(({ type }) => type === 'MessageFailed');
  return fact?.type === 'MessageFailed' && fact.data.failure.reason;
};

/** A failure with this reason for machines and a sentence for people. */
const inWords = (reason: string) => ({ reason, message: expect.stringMatching(/^[A-Z].+\.$/) });

describe('a free-form message in a closed window', () => {
  it('R077, R086, R093: fails, and one bridge is asked for with the same append', () => {
    given(conversationDecider)(...open(noon))
      .when(request(closed, reply, { terms: bridging }))
      .then(...attempt);
  });

  it('C04: leads to no bridge where templates are wanted', () => {
    given(conversationDecider)(...open(noon))
      .when(request(closed, reply, { terms: { ...bridging, policy: 'REQUIRE_TEMPLATE' } }))
      .then(requested(closed, reply, { insideWindow: false }), failed(closed));
  });

  it.each([
    ['R094', { hasPhone: false }, 'window_expired_no_phone'],
    ['R095', { hasConsent: false }, 'window_expired_sms_opted_out'],
    ['C16', { hasNumber: false }, 'window_expired_no_sms_number'],
    ['Q07', { text: null }, 'window_expired_bridge_failed'],
  ] as const)(
    '%s: has a reason of its own where the customer cannot be reached',
    (_, told, why) => {
      given(conversationDecider)(...open(noon))
        .when(request(closed, reply, { terms: { ...bridging, ...told } }))
        .then(
          requested(closed, reply, { insideWindow: false }),
          failed(closed, reply, 'WINDOW_EXPIRED', windowExpired(why)),
        );
    },
  );

  it('R016: says the same sentence whatever the reason', () => {
    const sentence = 'A template message is required outside the 24-hour messaging window.';
    expect(windowExpired('window_expired_bridge_sent').message).toBe(sentence);
  });

  it('R012: nothing of this while the window is open', () => {
    given(conversationDecider)(...open(noon))
      .when(request(after(dayMs - 1), reply, { terms: bridging }))
      .then(requested(after(dayMs - 1)));
  });
});

describe('at most one bridge in 24 hours', () => {
  it('R090, R091, R096: what is tried while one is under way fails in silence', () => {
    const deduplicated = 'window_expired_bridge_deduplicated';
    for (const facts of [[...open(noon), ...attempt], started, sent])
      expect(secondReason(facts, 3)).toBe(deduplicated);
  });

  it('R092: is counted from its acceptance, to the millisecond', () => {
    expect(secondReason(sent, dayMs + 1)).toBe('window_expired_bridge_deduplicated');
    expect(secondReason(sent, dayMs + 2)).toBe('window_expired_bridge_sent');
  });

  it('is counted from its start while nobody knows what became of it', () => {
    const lost = [...started, unknown(later(9), bridge)];
    expect(secondReason(lost, dayMs)).toBe('window_expired_bridge_deduplicated');
    expect(secondReason(lost, dayMs + 1)).toBe('window_expired_bridge_sent');
    const once = [...lost, resolved(later(99), 'SEND_AGAIN', bridge)];
    expect(secondReason(once, bridgeLapsesAfterMs * 2)).toBe('window_expired_bridge_deduplicated');
  });

  it('gives its place up when it was not started within 15 minutes, and says so', () => {
    const waiting = [...open(noon), ...attempt];
    expect(secondReason(waiting, bridgeLapsesAfterMs - 1)).toBe(
      'window_expired_bridge_deduplicated',
    );
    const decided = decide(fold(...waiting), again(bridgeLapsesAfterMs));
    if (isRejection(decided)) throw new Error(decided.rejected);
    expect(decided.map(({ type }) => type)).toEqual([
      'MessageRequested',
      'MessageFailed',
      'BridgeNotSent',
      'BridgeRequested',
    ]);
  });

  it('gives its place up at once when it was certainly not sent', () => {
    const refused = [...started, bridgeNotSent(later(2), badNumber)];
    expect(secondReason(refused, 3)).toBe('window_expired_bridge_sent');
    expect(reasonOf(...refused)).toBe('window_expired_bridge_failed');
  });

  it('keeps its place when the provider took it and the carrier did not', () => {
    const undelivered = [...sent, receipt(later(3), 'FAILED', bridge, badNumber)];
    expect(secondReason(undelivered, dayMs + 1)).toBe('window_expired_bridge_deduplicated');
    expect(secondReason(undelivered, dayMs + 2)).toBe('window_expired_bridge_sent');
  });

  it('P: in any order of attempts, never two that were sent within 24 hours', () => {
    const step = fc.record({ afterMs: fc.integer({ min: 0, max: dayMs }), sends: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let thread = fold(...open(noon));
        let nowMs = epochMs(closed);
        const sentAt: number[] = [];
        for (const [index, { afterMs, sends }] of steps.entries()) {
          nowMs += afterMs;
          const at = instant(nowMs);
          const ask = (command: Parameters<typeof decide>[1]) => {
            const decided = decide(thread, command);
            if (isRejection(decided)) return [];
            thread = decided.reduce(evolve, thread);
            return decided;
          };
          const terms = { ...bridging, bridgeId: messageId(`b${index}`) };
          ask(request(at, messageId(`m${index}`), { terms }));
          if (!sends) continue;
          const begun = ask(startNext(at, `d${index}`, { channel: 'SMS', terms }));
          const start = begun.find(({ type }) => type === 'DispatchStarted');
          if (start?.type !== 'DispatchStarted') continue;
          const { messageId: message, attempt: number } = start.data;
          ask(tell(at, acceptance({ message, attempt: number }), { message, attempt: number }));
          sentAt.push(nowMs);
        }
        const gaps = sentAt.slice(1).map((ms, index) => ms - (sentAt[index] ?? 0));
        expect(gaps.every((gap) => gap >= dayMs)).toBe(true);
      }),
    );
  });
});

describe('a refusal by WhatsApp for the window', () => {
  const inHand = [...open(noon), requested(after(1)), dispatching(after(2))];
  const taken = [...inHand, accepted(after(3))];
  const bridged = { ...outsideWindow, reason: 'window_expired_bridge_sent' };
  const late = { failed: { failure: outsideWindow, terms: bridging } };

  it('R015: leads to the same bridge, whether it comes at once or late', () => {
    given(conversationDecider)(...inHand)
      .when(tell(after(3), { kind: 'rejected', failure: outsideWindow }, {}, bridging))
      .then(
        { type: 'DispatchRejected', at: after(3), data: { ...at1, failure: bridged } },
        windowRefused(after(3), after(2)),
        bridgeRequested(after(3)),
      );
    given(conversationDecider)(...taken)
      .when(confirm(after(9), 'FAILED', {}, late))
      .then(
        receipt(after(9), 'FAILED', {}, bridged),
        windowRefused(after(9), after(2)),
        bridgeRequested(after(9)),
      );
  });

  it('R015: leads to no bridge while the window is open again', () => {
    const wroteSince = [...taken, wrote(after(4), 'wait')];
    const open = { ...outsideWindow, retryable: true };
    given(conversationDecider)(...wroteSince)
      .when(confirm(after(9), 'FAILED', {}, late))
      .then(receipt(after(9), 'FAILED', {}, open));
  });

  it('F33: told twice, it leads to one bridge, and the message keeps its reason', () => {
    const once = [
      ...taken,
      receipt(after(9), 'FAILED', {}, bridged),
      windowRefused(after(9), after(2)),
      bridgeRequested(after(9)),
    ];
    given(conversationDecider)(...once)
      .when(confirm(after(10), 'FAILED', {}, late))
      .thenNothing();
    given(conversationDecider)(...once)
      .when(tell(after(10), { kind: 'rejected', failure: outsideWindow }, {}, bridging))
      .thenNothing();
    const answered = { type: 'DispatchRejected', at: after(3), data: { ...at1, failure: bridged } };
    const refused = [windowRefused(after(3), after(2)), bridgeRequested(after(3))];
    given(conversationDecider)(...inHand, answered as ConversationEvent, ...refused)
      .when(confirm(after(10), 'FAILED', {}, late))
      .then(receipt(after(10), 'FAILED', {}, bridged));
  });
});

const at1 = { conversationId: open(noon)[0].data.conversationId, messageId: reply, attempt: 1 };

describe('what becomes of a bridge', () => {
  it('R087, R088: is written down with the names of the spend report when it is accepted', () => {
    given(conversationDecider)(...started)
      .when(tell(later(2), acceptance(bridge, 1), bridge))
      .then(
        {
          ...accepted(later(2), bridge),
          data: { ...accepted(later(2), bridge).data, segments: 1 },
        },
        bridgeSent(later(2), { segments: 1 }),
      );
  });

  it('F16: a receipt that overtook the answer says so first, and once', () => {
    given(conversationDecider)(...started)
      .when(confirm(later(2), 'SENT', bridge))
      .then(receipt(later(2), 'SENT', bridge), bridgeSent(later(2)));
    given(conversationDecider)(...started, receipt(later(2), 'SENT', bridge), bridgeSent(later(2)))
      .when(tell(later(3), acceptance(bridge), bridge))
      .then(accepted(later(3), bridge));
  });

  it('is not sent when the customer wrote on WhatsApp before it left', () => {
    const decided = decide(
      fold(...open(noon), ...attempt, wrote(later(1), 'back')),
      startNext(later(2), 'ours', { channel: 'SMS', terms: bridging }),
    );
    expect(decided).toMatchObject([
      { type: 'BridgeNotSent', data: { failure: inWords('window_reopened') } },
    ]);
  });

  it('R095, F32: is not sent when the customer opted out before it left', () => {
    const decided = decide(
      fold(...open(noon), ...attempt),
      startNext(later(2), 'ours', { channel: 'SMS', terms: { ...bridging, hasConsent: false } }),
    );
    expect(decided).toMatchObject([
      { type: 'BridgeNotSent', data: { failure: { reason: 'sms_opted_out' } } },
    ]);
  });

  it('C04: is not sent once the organisation wants templates only', () => {
    const terms = { ...bridging, policy: 'REQUIRE_TEMPLATE' as const };
    const decided = decide(
      fold(...open(noon), ...attempt),
      startNext(later(2), 'ours', { channel: 'SMS', terms }),
    );
    expect(decided).toMatchObject([
      { type: 'BridgeNotSent', data: { failure: inWords('policy_changed') } },
    ]);
  });

  it('P13: is not sent again once a newer one has taken its place', () => {
    const newer = messageId('newer');
    const twice = [
      ...started,
      unknown(later(2), bridge),
      bridgeRequested(later(2 + dayMs), newer, second),
      resolved(later(3 + dayMs), 'SEND_AGAIN', bridge),
    ];
    const newerSent = [
      dispatching(later(4 + dayMs), { message: newer }),
      accepted(later(5 + dayMs), { message: newer }),
    ];
    const next = startNext(later(6 + dayMs), 'ours', { channel: 'SMS', terms: bridging });
    expect(decide(fold(...twice), next)).toMatchObject([
      { type: 'DispatchStarted', data: { messageId: newer } },
    ]);
    const superseded = { messageId: bridgeId, failure: inWords('bridge_superseded') };
    expect(decide(fold(...twice, ...newerSent), next)).toMatchObject([
      { type: 'BridgeNotSent', data: superseded },
    ]);
  });

  it('P13: keeps its place when it is not sent again, since it may have gone out before', () => {
    const reopened = ownFailure('window_reopened', 'The customer wrote on WhatsApp before.');
    const facts = [
      ...started,
      unknown(later(2), bridge),
      resolved(later(3), 'SEND_AGAIN', bridge),
      wrote(later(4), 'back'),
      bridgeNotSent(later(5), reopened),
      windowRefused(later(6), later(5)),
    ];
    expect(secondReason(facts, 7)).toBe('window_expired_bridge_deduplicated');
    expect(secondReason(facts, dayMs)).toBe('window_expired_bridge_deduplicated');
    expect(secondReason(facts, dayMs + 1)).toBe('window_expired_bridge_sent');
  });

  it('lapses after 15 minutes, to the millisecond, unless somebody has begun', () => {
    const waiting = [...open(noon), ...attempt];
    given(conversationDecider)(...waiting)
      .when(lapse(later(15 * minuteMs - 1)))
      .thenNothing();
    const lapsed = ownFailure('bridge_lapsed', 'The SMS could not be sent within 15 minutes.');
    given(conversationDecider)(...waiting)
      .when(lapse(later(15 * minuteMs)))
      .then(bridgeNotSent(later(15 * minuteMs), lapsed));
    given(conversationDecider)(...waiting)
      .when(lapse(later(15 * minuteMs), second))
      .thenNothing();
    for (const facts of [started, sent])
      given(conversationDecider)(...facts)
        .when(lapse(later(20 * minuteMs)))
        .thenNothing();
  });

  it('is not begun any more once its 15 minutes are over, and says so', () => {
    const waiting = [...open(noon), ...attempt];
    const next = (ms: number) => startNext(later(ms), 'ours', { channel: 'SMS', terms: bridging });
    given(conversationDecider)(...waiting)
      .when(next(15 * minuteMs - 1))
      .then(dispatching(later(15 * minuteMs - 1), bridge));
    const decided = decide(fold(...waiting), next(15 * minuteMs));
    expect(decided).toMatchObject([
      { type: 'BridgeNotSent', data: { causedBy: reply, failure: { reason: 'bridge_lapsed' } } },
    ]);
  });

  it('that Twilio refuses was not sent, for the reason that Twilio gives', () => {
    given(conversationDecider)(...started)
      .when(tell(later(2), { kind: 'rejected', failure: badNumber }, bridge))
      .then(
        {
          type: 'DispatchRejected',
          at: later(2),
          data: { ...at1, messageId: bridgeId, failure: badNumber },
        },
        bridgeNotSent(later(2), badNumber),
      );
  });

  it('that a person has sent again has not been sent by that', () => {
    given(conversationDecider)(...started, unknown(later(2), bridge))
      .when(settle(later(3), 'SEND_AGAIN', { messageId: bridgeId }))
      .then(resolved(later(3), 'SEND_AGAIN', bridge));
  });

  it('frees no place but its own when it is not sent', () => {
    const newer = messageId('newer');
    const facts = [
      ...started,
      bridgeRequested(later(dayMs + 2), newer, second),
      dispatching(later(dayMs + 3), { message: newer }),
      bridgeNotSent(later(dayMs + 4), badNumber),
    ];
    expect(fold(...facts).bridge?.bridgeId).toBe(newer);
  });

  it('waits in a queue of its own: WhatsApp’s dispatcher does not touch it, nor SMS’s a reply', () => {
    const both = [...open(noon), ...attempt, wrote(later(1), 'back'), requested(later(2), second)];
    const thread = fold(...both);
    expect(decide(thread, startNext(later(3), 'w'))).toMatchObject([
      { type: 'DispatchStarted', data: { messageId: second } },
    ]);
    const bySms = startNext(later(3), 's', { channel: 'SMS', terms: bridging });
    expect(decide(fold(...open(noon), requested(after(1))), bySms)).toEqual([]);
  });

  it('shows as what it is', () => {
    const message = fold(...sent).outbound.get(bridgeId);
    expect(message && shownStatus(message.delivery)).toBe('PENDING');
    expect(message?.channel).toBe('SMS');
    expect(fold(...started).outbound.get(bridgeId)).toMatchObject({
      kind: 'FREE_FORM',
      content: { kind: 'text', text: bridgeSms },
      causedBy: reply,
    });
  });
});
