import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isRejection, messageId, reject } from '#kernel';
import { knowsItsWords, laws } from '#kernel/spec';
import { recordFile, retryFile, storing, voiceContent } from '../spec/files.js';
import {
  accepted,
  badNumber,
  deferred,
  dispatching,
  outsideWindow,
  receipt,
  tooFast,
  unknown,
} from '../spec/dispatches.js';
import { ended, open, requested, started, windowRefused, wrote } from '../spec/facts.js';
import { after, bridgeId, dayMs, first, noon, reply, second } from '../spec/people.js';
import {
  absent,
  acceptance,
  bridging,
  call,
  confirm,
  echo,
  edit,
  end,
  expire,
  giveUp,
  lapse,
  lookUp,
  markAsRead,
  react,
  receive,
  request,
  requestTemplate,
  retry,
  revoke,
  settle,
  startNext,
  tell,
  templatesOnly,
  visit,
} from '../spec/wishes.js';
import { conversationDecider, type ConversationCommand } from './conversation.js';
import { messageStatuses, shownStatus } from './delivery.js';
import type { ConversationEvent } from './events.js';
import type { Thread } from './thread.js';

const { decide, evolve, initial } = conversationDecider;
const inHand = [...open(noon), requested(after(1)), dispatching(after(2))];

/** One command of each kind, and more where one kind does several things. */
const wishesAt = (ms: number): readonly ConversationCommand[] => [
  receive(after(ms), 'hello'),
  receive(after(ms), 'more'),
  receive(after(ms), 'late', { claimedAt: after(ms - dayMs), opensWindow: ms % 2 === 0 }),
  react(after(ms)),
  react(after(ms), 'reply1-1', { fingerprint: 'print-other', emoji: null }),
  call(after(ms)),
  call(after(ms), { fingerprint: 'print-taken', how: 'ANSWERED', claimedAt: after(ms - dayMs) }),
  edit(after(ms), 'hello you'),
  edit(after(ms), 'more of it', 'more'),
  revoke(after(ms)),
  echo(after(ms)),
  echo(after(ms), 'hello'),
  request(after(ms)),
  requestTemplate(after(ms), messageId('notice')),
  requestTemplate(after(ms), messageId('refused'), { template: reject('TemplatePending') }),
  request(after(ms), messageId('other'), { requestKey: 'key-reply1' }),
  request(after(ms), messageId('next'), { conversationId: second, expectedRevision: 4 }),
  startNext(after(ms)),
  startNext(after(ms), 'it', { templates: new Map([[messageId('notice'), null]]) }),
  startNext(after(ms), 'not', { templates: new Map([[messageId('notice'), 'PAUSED']]) }),
  tell(after(ms), acceptance()),
  tell(after(ms), { kind: 'rejected', failure: outsideWindow }),
  tell(after(ms), { kind: 'deferred', failure: tooFast, retryAt: after(ms + 9) }),
  tell(after(ms), { kind: 'unknown', why: 'timed out' }),
  retry(after(ms)),
  retry(after(ms), { attempt: 2 }),
  giveUp(after(ms)),
  confirm(after(ms), 'SENT'),
  confirm(after(ms), 'READ', {}, { attempt: null }),
  confirm(after(ms), 'DELIVERED', { attempt: 2 }),
  confirm(after(ms), 'FAILED', {}, { failed: { failure: outsideWindow, terms: templatesOnly } }),
  confirm(
    after(ms),
    'FAILED',
    { message: messageId('notice') },
    { failed: { failure: badNumber, terms: templatesOnly } },
  ),
  request(after(ms), messageId('text'), { channel: 'SMS', terms: bridging }),
  request(after(ms), messageId('page'), { channel: 'PORTAL', terms: bridging }),
  request(after(ms), messageId('late'), { terms: { ...bridging, bridgeId: messageId('b2') } }),
  receive(after(ms), 'by sms', { channel: 'SMS', opensWindow: false }),
  startNext(after(ms), 'sms', { channel: 'SMS', terms: bridging }),
  tell(after(ms), acceptance({ message: bridgeId }), { message: bridgeId }),
  tell(after(ms), { kind: 'rejected', failure: badNumber }, { message: bridgeId }),
  tell(after(ms), { kind: 'unknown', why: 'timed out' }, { message: bridgeId }),
  lapse(after(ms)),
  visit(after(ms), after(ms)),
  lookUp(after(ms)),
  absent(after(ms), 1),
  absent(after(ms), 2),
  receive(after(ms), 'voice', { content: voiceContent }),
  recordFile(after(ms), storing, 1, 'voice'),
  recordFile(after(ms), { kind: 'refused', failure: badNumber }, 2, 'voice'),
  recordFile(after(ms), { kind: 'deferred', failure: tooFast, retryAt: after(ms + 9) }, 1, 'voice'),
  retryFile(after(ms), 1, 'voice'),
  settle(after(ms), 'ARRIVED'),
  settle(after(ms), 'SEND_AGAIN'),
  expire(after(ms), after(dayMs)),
  markAsRead(after(ms)),
  markAsRead(after(ms), 2),
  end(after(ms)),
  end(after(ms), 2),
];

/** Any wishes in any order, at instants that never go back. */
const anyWishes = fc
  .array(fc.tuple(fc.nat(wishesAt(0).length - 1), fc.constantFrom(0, 1, 999, dayMs / 2, dayMs)), {
    maxLength: 30,
  })
  .map((steps) => {
    let ms = 0;
    return steps.flatMap(([index, passed]) => {
      ms += passed;
      return wishesAt(ms)[index] ?? [];
    });
  });

const play = (
  wishes: readonly ConversationCommand[],
  look: (before: Thread, wish: ConversationCommand, facts: readonly ConversationEvent[]) => void,
): Thread =>
  wishes.reduce((thread, wish) => {
    const decision = decide(thread, wish);
    const facts = isRejection(decision) ? [] : decision;
    look(thread, wish, facts);
    return facts.reduce(evolve, thread);
  }, initial);

describe('the laws of a conversation', () => {
  const histories: readonly (readonly ConversationEvent[])[] = [
    [],
    open(noon),
    inHand,
    [...inHand, accepted(after(3)), receipt(after(4), 'DELIVERED')],
    [...inHand, deferred(after(3), after(9))],
    [...inHand, unknown(after(3))],
    [...inHand, receipt(after(3), 'FAILED', {}, outsideWindow), windowRefused(after(3), after(2))],
    [
      ...open(noon),
      ended(after(1)),
      started(after(2), 2),
      wrote(after(3), 'b', { conversationId: second }),
    ],
  ];
  const commands = [...wishesAt(10), ...wishesAt(dayMs)];
  const cases = { name: 'conversation', histories, commands };
  for (const { name, check } of [
    ...laws(conversationDecider, cases),
    knowsItsWords(conversationDecider, cases),
  ])
    it(name, check);
});

describe('whatever is wished, in whatever order', () => {
  it('is answered with facts, nothing or a named no: a decision never throws', () => {
    fc.assert(
      fc.property(anyWishes, (wishes) => {
        play(wishes, (_, __, facts) => expect(Array.isArray(facts)).toBe(true));
      }),
      { numRuns: 100 },
    );
  });

  it('Q12, F15, F39: a repeat at once adds nothing', () => {
    fc.assert(
      fc.property(anyWishes, (wishes) => {
        play(wishes, (before, wish, facts) => {
          const again = decide(facts.reduce(evolve, before), wish);
          if (!isRejection(again)) expect(again).toEqual([]);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('F18, F39: what was asked for or delivered once adds nothing more, whatever has happened since', () => {
    fc.assert(
      fc.property(anyWishes, (wishes) => {
        const done: ConversationCommand[] = [];
        const thread = play(wishes, (_, wish, facts) => {
          if (facts.length > 0 && ('requestKey' in wish || 'fingerprint' in wish)) done.push(wish);
        });
        for (const wish of done) expect(decide(thread, wish)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('Q13: the window is never shortened', () => {
    fc.assert(
      fc.property(anyWishes, (wishes) => {
        play(wishes, (before, _, facts) => {
          const then = facts.reduce(evolve, before).window.lastCustomerMessageAtMs ?? -Infinity;
          expect(then).toBeGreaterThanOrEqual(before.window.lastCustomerMessageAtMs ?? -Infinity);
        });
      }),
    );
  });

  it('R006, Q04: only what the customer does, or a refusal of the provider, moves the window', () => {
    const movers = [
      'CustomerMessageReceived',
      'CustomerReactionReceived',
      'CustomerCallReceived',
      'WindowRefusedByProvider',
    ];
    fc.assert(
      fc.property(anyWishes, (wishes) => {
        play(wishes, (before, _, facts) => {
          for (const fact of facts)
            if (!movers.includes(fact.type))
              expect(evolve(before, fact).window).toBe(before.window);
        });
      }),
    );
  });

  it('P11: the status of an attempt only moves forward', () => {
    const rank = (thread: Thread): number => {
      const delivery = thread.outbound.get(reply)?.delivery;
      return delivery ? messageStatuses.indexOf(shownStatus(delivery)) : -1;
    };
    const attempt = (thread: Thread) => thread.outbound.get(reply)?.delivery.attempt ?? 0;
    fc.assert(
      fc.property(anyWishes, (wishes) => {
        play(wishes, (before, _, facts) => {
          const then = facts.reduce(evolve, before);
          if (attempt(then) === attempt(before))
            expect(rank(then)).toBeGreaterThanOrEqual(rank(before));
        });
      }),
      { numRuns: 100 },
    );
  });

  it('R132: nothing is asked for in a conversation that has ended', () => {
    fc.assert(
      fc.property(anyWishes, (wishes) => {
        play(wishes, ({ episode }, _, facts) => {
          const asked = facts.filter(({ type }) => type === 'MessageRequested');
          if (asked.length > 0) expect(episode?.lifecycle).toBe('ACTIVE');
          for (const { data } of asked) expect(data.conversationId).toBe(episode?.conversationId);
        });
      }),
    );
  });
});

it('the story of a thread reads as it is told', () => {
  const thread = play(
    [receive(noon), request(after(1)), startNext(after(2)), tell(after(3), acceptance())],
    () => undefined,
  );
  expect(thread.episode?.conversationId).toBe(first);
  expect(thread.outbound.get(reply)?.delivery.phase).toBe('ACCEPTED');
});
