import { describe, expect, it } from '@jest/globals';
import { conversationId, epochMs, messageId, threadId } from '#kernel';
import { given } from '#kernel/spec';
import { accepted, dispatching, receipt } from '../../spec/dispatches.js';
import {
  ended,
  failed,
  open,
  requested,
  started,
  templateRequested,
  windowOver,
  windowRefused,
  wrote,
} from '../../spec/facts.js';
import { after, dayMs, first, hourMs, noon, place, reply, second } from '../../spec/people.js';
import { receive, request, requestTemplate } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';
import type { ConversationEvent } from '../events.js';
import { windowStatus } from '../window.js';

const { decide, evolve, initial } = conversationDecider;
const fold = (...facts: readonly ConversationEvent[]) => facts.reduce(evolve, initial);
const lastOpen = after(dayMs - 1);
const firstClosed = after(dayMs);
const outside = { insideWindow: false };

describe('asking for a message', () => {
  it('R010, R011 (text), R012, R017: inside the window it is asked for as it is, whoever writes it', () => {
    for (const kind of ['staff', 'ai', 'embedded', 'api', 'system'] as const) {
      const author = { kind, id: 'someone' };
      given(conversationDecider)(...open(noon))
        .when(request(after(hourMs), reply, { author }))
        .then(requested(after(hourMs), reply, { author }));
    }
  });

  it('R011, R017: whatever it says: a place goes in an open window, and waits in a closed one', () => {
    given(conversationDecider)(...open(noon))
      .when(request(lastOpen, reply, { content: place }))
      .then(requested(lastOpen, reply, { content: place }));
    given(conversationDecider)(...open(noon))
      .when(request(firstClosed, reply, { content: place }))
      .then(requested(firstClosed, reply, { ...outside, content: place }), failed(firstClosed));
  });

  it('R003, R017, F43: the last millisecond sends, the first closed one keeps a failed attempt', () => {
    given(conversationDecider)(...open(noon))
      .when(request(lastOpen))
      .then(requested(lastOpen));
    given(conversationDecider)(...open(noon))
      .when(request(firstClosed))
      .then(requested(firstClosed, reply, outside), failed(firstClosed));
  });

  it('closes by the time alone: whether the expiry has been told makes no difference', () => {
    given(conversationDecider)(...open(noon), windowOver(noon))
      .when(request(firstClosed))
      .then(requested(firstClosed, reply, outside), failed(firstClosed));
  });

  it('R016: the failed attempt says the sentence byte for byte, and why for machines', () => {
    const decision = decide(fold(...open(noon)), request(firstClosed));
    expect(Array.isArray(decision) && decision[1]).toEqual({
      type: 'MessageFailed',
      at: firstClosed,
      data: {
        conversationId: first,
        messageId: reply,
        refusal: 'WINDOW_EXPIRED',
        failure: {
          reason: 'window_expired',
          message: 'A template message is required outside the 24-hour messaging window.',
          providerCode: null,
          providerMessage: null,
          retryable: false,
        },
      },
    });
  });

  it('quotes what was said in this thread, by either side, and nothing else', () => {
    const answer = messageId('answer');
    const said = [...open(noon), requested(after(1)), dispatching(after(2)), accepted(after(3))];
    for (const quotedMessageId of [messageId('hello'), reply])
      given(conversationDecider)(...said)
        .when(request(after(hourMs), answer, { quotedMessageId }))
        .then(requested(after(hourMs), answer, { quotedMessageId }));
    given(conversationDecider)(...said)
      .when(request(after(hourMs), answer, { quotedMessageId: messageId('elsewhere') }))
      .thenRejected('QuotedMessageUnknown');
  });

  it('R014: before the customer has ever written only a template may be sent', () => {
    const never = [
      started(noon),
      wrote(noon, 'notice', { opensWindow: false, windowClosesAt: null }),
    ];
    given(conversationDecider)(...never)
      .when(request(after(1)))
      .then(requested(after(1), reply, outside), failed(after(1)));
    given(conversationDecider)(...never)
      .when(requestTemplate(after(1)))
      .then(templateRequested(after(1), reply, outside));
  });

  it('R013: outside the window a template is taken, nothing else', () => {
    given(conversationDecider)(...open(noon))
      .when(requestTemplate(firstClosed))
      .then(templateRequested(firstClosed, reply, outside));
    given(conversationDecider)(...open(noon), windowRefused(after(2), after(1)))
      .when(request(after(3)))
      .then(requested(after(3), reply, outside), failed(after(3)));
  });

  it('R019, R020, C24: what a message is and where it was sent are two facts, fixed at once', () => {
    for (const at of [lastOpen, firstClosed])
      for (const wish of [request(at), requestTemplate(at)]) {
        const decision = decide(fold(...open(noon)), wish);
        const kind = wish.type === 'RequestMessage' ? 'FREE_FORM' : 'TEMPLATE';
        expect(Array.isArray(decision) && decision[0]).toMatchObject({
          type: 'MessageRequested',
          data: { kind, insideWindow: at === lastOpen },
        });
      }
  });

  it('R018: neither command nor fact says how long a window is', () => {
    const facts = [...open(noon), requested(after(1)), wrote(after(2), 'more')];
    const wishes = [request(after(3)), receive(after(3), 'new')];
    const names = [...facts.map(({ data }) => data), ...wishes].flatMap((each) =>
      Object.keys(each),
    );
    expect(names.filter((name) => /duration|hours|policy|override|extend/i.test(name))).toEqual([]);
  });
});

describe('what the business sends', () => {
  const template = templateRequested(after(2 * dayMs), reply, outside);
  const delivered = [
    template,
    dispatching(after(2 * dayMs + 1)),
    accepted(after(2 * dayMs + 2)),
    receipt(after(2 * dayMs + 3), 'SENT'),
    receipt(after(2 * dayMs + 4), 'DELIVERED'),
    receipt(after(2 * dayMs + 5), 'READ'),
  ];

  it('R006: never opens, extends nor resets the window', () => {
    const before = fold(...open(noon));
    for (const author of ['staff', 'ai', 'system'] as const)
      for (const kind of ['FREE_FORM', 'TEMPLATE'] as const) {
        const told = { kind, author: { kind: author, id: 'someone' } };
        const sent = [requested(after(hourMs), reply, told), ...delivered.slice(1)];
        expect(sent.reduce(evolve, before).window).toEqual(before.window);
      }
  });

  it('R007: a template that was sent, delivered and read leaves the window EXPIRED', () => {
    const facts = [...open(noon), ...delivered];
    const at = after(2 * dayMs + 6);
    expect(windowStatus(fold(...facts).window, epochMs(at))).toBe('EXPIRED');
    given(conversationDecider)(...facts)
      .when(request(at, messageId('reply2')))
      .then(requested(at, messageId('reply2'), outside), failed(at, messageId('reply2')));
  });

  it('R007: and leaves a window NEVER_OPENED that never was', () => {
    const never = fold(started(noon), ...delivered);
    expect(windowStatus(never.window, epochMs(after(3 * dayMs)))).toBe('NEVER_OPENED');
  });

  it('R008: the customer who answers it opens the window, and free-form works again', () => {
    const at = after(2 * dayMs + hourMs);
    given(conversationDecider)(...open(noon), ...delivered, wrote(at, 'answer'))
      .when(request(at, messageId('reply2')))
      .then(requested(at, messageId('reply2')));
  });
});

describe('asking again', () => {
  it('F39: with the same key and input adds nothing, also when the attempt had failed', () => {
    given(conversationDecider)(...open(), requested(after(1)))
      .when(
        request(after(2), messageId('other'), {
          requestKey: 'key-reply1',
          requestDigest: 'digest-reply1',
        }),
      )
      .thenNothing();
    given(conversationDecider)(...open(), requested(firstClosed), failed(firstClosed))
      .when(request(after(9 * dayMs)))
      .thenNothing();
  });

  it('F39: with the same key and another input is refused, for ever', () => {
    const other = { requestKey: 'key-reply1' };
    given(conversationDecider)(...open(), requested(after(1)), ended(after(2)))
      .when(request(after(3), messageId('other'), other))
      .thenRejected('IdempotencyKeyUsedOtherwise');
  });

  it('a refusal that left no fact is not remembered', () => {
    const facts = [...open(), requested(after(1))];
    const early = request(after(2), messageId('reply2'), { expectedRevision: 2 });
    given(conversationDecider)(...facts)
      .when(early)
      .thenRejected('ConversationMovedOn', { revision: 3 });
    given(conversationDecider)(...facts)
      .when({ ...early, expectedRevision: 3 })
      .then(requested(after(2), messageId('reply2')));
  });
});

describe('where nothing may be written', () => {
  it('R132: an ended conversation is refused, with the one to write in instead', () => {
    given(conversationDecider)(...open(), ended(after(1)))
      .when(request(after(2)))
      .thenRejected('ConversationHasEnded', { currentConversationId: null });
    const again = [
      ended(after(1)),
      started(after(2), 2),
      wrote(after(2), 'more', { conversationId: second }),
    ];
    given(conversationDecider)(...open(), ...again)
      .when(request(after(3)))
      .thenRejected('ConversationHasEnded', { currentConversationId: second });
    given(conversationDecider)(...open(), ...again)
      .when(request(after(3), reply, { conversationId: second }))
      .then(requested(after(3), reply, { conversationId: second }));
  });

  it('R132: ended is said before expired: lifecycle and window are two things', () => {
    given(conversationDecider)(...open(), ended(after(1)))
      .when(request(firstClosed))
      .thenRejected('ConversationHasEnded');
  });

  it.each([second, conversationId(threadId('thread2'), 1)])(
    '%s, which is no conversation of the thread, is unknown',
    (unknown) => {
      given(conversationDecider)(...open())
        .when(request(after(1), reply, { conversationId: unknown }))
        .thenRejected('ConversationUnknown');
    },
  );

  it('a thread in which nothing has happened knows no conversation', () => {
    given(conversationDecider)().when(request(noon)).thenRejected('ConversationUnknown');
  });

  it('a writer who has not seen the newest message is refused; receipts do not count', () => {
    const facts = [
      ...open(),
      requested(after(1)),
      dispatching(after(2)),
      receipt(after(3), 'READ'),
    ];
    const name = messageId('reply2');
    const at = (expectedRevision: number) => request(after(4), name, { expectedRevision });
    given(conversationDecider)(...facts)
      .when(at(2))
      .thenRejected('ConversationMovedOn', { revision: 3 });
    given(conversationDecider)(...facts)
      .when(at(3))
      .then(requested(after(4), name));
    given(conversationDecider)(...facts, wrote(after(4), 'wait'))
      .when(at(3))
      .thenRejected('ConversationMovedOn', { revision: 4 });
  });
});
