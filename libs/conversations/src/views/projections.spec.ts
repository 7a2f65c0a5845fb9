import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ERASED, epochMs, messageId } from '#kernel';
import { given, positionAt, recorded } from '#kernel/spec';
import { shownStatus } from '../domain/delivery.js';
import type { ConversationEvent } from '../domain/events.js';
import { windowExpired } from '../domain/failure.js';
import { emptyThread, evolve } from '../domain/thread.js';
import { accepted, badNumber, dispatching, receipt, rejected } from '../spec/dispatches.js';
import {
  bridgeNotSent,
  bridgeRequested,
  called,
  echoed,
  edited,
  ended,
  failed,
  open,
  portalOpened,
  reacted,
  read,
  requested,
  revoked,
  started,
  windowOver,
  windowRefused,
  wrote,
} from '../spec/facts.js';
import {
  acme,
  after,
  bridgeId,
  daniel,
  dayMs,
  first,
  noon,
  number,
  reply,
  second,
  stream,
  thread,
} from '../spec/people.js';
import { conversationsProjection } from './conversations.projection.js';
import { feedProjection } from './feed.projection.js';
import { messagesProjection } from './messages.projection.js';
import { threadsProjection, windowOf } from './threads.projection.js';

const stored = <Fact extends ConversationEvent>(facts: readonly Fact[]) =>
  facts.map((fact, place) =>
    recorded(fact, {
      stream,
      revision: BigInt(place),
      position: positionAt(place + 1),
      metadata: { actor: { kind: 'customer', id: daniel } },
    }),
  );

const threadRow = {
  thread_id: thread,
  organisation_id: acme,
  number_id: number,
  contact_id: daniel,
  current_conversation_id: first,
  last_customer_message_at: epochMs(noon),
  refused_at: null,
  decided_by_revision: 1,
  writer_revision: 2,
  last_seen_channel: 'WHATSAPP' as const,
  last_seen_at: epochMs(noon),
  bridge_id: null,
  bridge_requested_at: null,
  bridge_opened_at: null,
  bridge_blocked_until: null,
};
const conversationRow = {
  conversation_id: first,
  organisation_id: acme,
  thread_id: thread,
  window_thread_id: thread,
  number_id: number,
  contact_id: daniel,
  lifecycle: 'ACTIVE' as const,
  status: 'OPEN',
  started_at: epochMs(noon),
  ended_at: null,
  unread_count: 1,
  last_message_id: messageId('hello'),
  last_activity_at: epochMs(noon),
  needs_attention: 0 as const,
};

describe('the view of threads', () => {
  it('R022, R029: knows when the customer wrote last, and which fact decides the window', () => {
    given(threadsProjection)(...stored(open(noon))).shows(thread, threadRow);
    given(threadsProjection)(...stored([...open(noon), wrote(after(5), 'more')])).shows(thread, {
      ...threadRow,
      last_customer_message_at: epochMs(after(5)),
      last_seen_at: epochMs(after(5)),
      decided_by_revision: 2,
      writer_revision: 3,
    });
  });

  it('R007: nothing that the business sends changes what decides', () => {
    const facts = [
      ...open(noon),
      requested(after(1)),
      dispatching(after(2)),
      receipt(after(3), 'READ'),
    ];
    given(threadsProjection)(...(stored<ConversationEvent>(facts) as never[])).shows(thread, {
      ...threadRow,
      writer_revision: 3,
    });
  });

  it('Q04: a reaction and a call decide, and are nothing that a writer must have seen', () => {
    for (const fact of [reacted(after(5)), called(after(5))])
      given(threadsProjection)(
        ...(stored<ConversationEvent>([...open(noon), fact]) as never[]),
      ).shows(thread, {
        ...threadRow,
        last_customer_message_at: epochMs(after(5)),
        decided_by_revision: 2,
      });
  });

  it('R006: what is written in the business app, edited or taken back counts, and decides nothing', () => {
    const facts = [...open(noon), echoed(after(1)), edited(after(2), 'you'), revoked(after(3))];
    given(threadsProjection)(...(stored<ConversationEvent>(facts) as never[])).shows(thread, {
      ...threadRow,
      writer_revision: 5,
    });
  });

  it('Q13: a late message decides nothing; it counts as something said', () => {
    given(threadsProjection)(...stored([...open(noon), wrote(after(-dayMs), 'late')])).shows(
      thread,
      {
        ...threadRow,
        writer_revision: 3,
      },
    );
  });

  it('R015: a refusal decides, until a later customer message does', () => {
    const refused = [...open(noon), requested(after(1)), windowRefused(after(3), after(2))];
    const row = {
      ...threadRow,
      refused_at: epochMs(after(2)),
      decided_by_revision: 3,
      writer_revision: 3,
    };
    given(threadsProjection)(...stored(refused)).shows(thread, row);
    given(threadsProjection)(...stored([...refused, wrote(after(1), 'before')])).shows(thread, {
      ...row,
      last_customer_message_at: epochMs(after(1)),
      last_seen_at: epochMs(after(1)),
      writer_revision: 4,
    });
    given(threadsProjection)(...stored([...refused, wrote(after(4), 'since')])).shows(thread, {
      ...row,
      last_customer_message_at: epochMs(after(4)),
      last_seen_at: epochMs(after(4)),
      decided_by_revision: 4,
      writer_revision: 4,
    });
  });

  it('agrees with the domain about window, conversation and what a writer must have seen', () => {
    const at = fc.integer({ min: 0, max: 50 }).map(after);
    const fact: fc.Arbitrary<ConversationEvent> = fc.oneof(
      at.map((when) => wrote(when, `at ${when}`)),
      at.map((when) => wrote(when, `notice at ${when}`, { opensWindow: false })),
      at.map((when) => windowRefused(after(99), when)),
      at.map((when) => reacted(when, null)),
      at.map((when) => called(when)),
      at.map((when) => edited(when, `edit at ${when}`)),
      at.map((when) => revoked(when)),
      at.map((when) => echoed(when, `echo at ${when}`)),
      at.map((when) => requested(when)),
      at.map((when) => ended(when)),
      at.map((when) => started(when, 2)),
      fc.constant(windowOver(noon)),
    );
    fc.assert(
      fc.property(fc.array(fact), (facts) => {
        const all = [started(noon), ...facts];
        const state = all.reduce(evolve, emptyThread);
        const followed = stored(all).filter(({ type }) =>
          (threadsProjection.types as readonly string[]).includes(type),
        );
        const row = followed.reduce<ReturnType<typeof threadsProjection.project>>(
          (before, each) => threadsProjection.project(before, each as never, thread),
          undefined,
        );
        if (!row) throw new Error('there is no row');
        expect(windowOf(row)).toEqual(state.window);
        expect(row.writer_revision).toBe(state.writerRevision);
        const { episode } = state;
        const current = episode?.lifecycle === 'ACTIVE' ? episode.conversationId : null;
        expect(row.current_conversation_id).toBe(current);
      }),
    );
  });
});

describe('the view of conversations', () => {
  it('shows a conversation from its start on, with what is unread', () => {
    given(conversationsProjection)(...stored(open(noon))).shows(first, conversationRow);
  });

  it('is sorted by the newest message of either side; a late one is counted, not shown as newest', () => {
    given(conversationsProjection)(...stored([...open(noon), requested(after(5))])).shows(first, {
      ...conversationRow,
      last_message_id: reply,
      last_activity_at: epochMs(after(5)),
    });
    given(conversationsProjection)(...stored([...open(noon), wrote(after(-5), 'late')])).shows(
      first,
      {
        ...conversationRow,
        unread_count: 2,
      },
    );
  });

  it('has nothing unread once it was read, and again when the customer writes on', () => {
    given(conversationsProjection)(...stored([...open(noon), read(after(1))])).shows(first, {
      ...conversationRow,
      unread_count: 0,
    });
    given(conversationsProjection)(
      ...stored([...open(noon), read(after(1)), wrote(after(2), 'more')]),
    ).shows(first, {
      ...conversationRow,
      last_message_id: messageId('more'),
      last_activity_at: epochMs(after(2)),
    });
  });

  it('R132, C07: an ended conversation stays beside the next; lifecycle and status are two', () => {
    const facts = [...open(noon), ended(after(1)), started(after(2), 2)];
    given(conversationsProjection)(...stored(facts)).shows(first, {
      ...conversationRow,
      lifecycle: 'ENDED',
      status: 'RESOLVED',
      ended_at: epochMs(after(1)),
    });
    given(conversationsProjection)(...stored(facts)).shows(second, {
      ...conversationRow,
      conversation_id: second,
      started_at: epochMs(after(2)),
      unread_count: 0,
      last_message_id: null,
      last_activity_at: epochMs(after(2)),
    });
  });
});

describe('a bridge in the views', () => {
  const held = requested(after(dayMs), reply, { insideWindow: false });
  const refused = failed(
    after(dayMs),
    reply,
    'WINDOW_EXPIRED',
    windowExpired('window_expired_bridge_sent'),
  );
  const asked = [...open(noon), held, refused, bridgeRequested(after(dayMs))];
  const over = [...asked, bridgeNotSent(after(dayMs + 9), badNumber)];
  const messageAfter = (facts: readonly ConversationEvent[], key: string) =>
    stored<ConversationEvent>(facts)
      .filter((fact) => (messagesProjection.types as readonly string[]).includes(fact.type))
      .filter((fact) => messagesProjection.keys(fact as never).includes(key))
      .reduce<ReturnType<typeof messagesProjection.project>>(
        (before, fact) => messagesProjection.project(before, fact as never, key),
        undefined,
      );

  it('R087, R088: stands in the thread as an SMS of the system’s', () => {
    expect(messageAfter(asked, bridgeId)).toMatchObject({
      conversation_id: first,
      direction: 'OUTBOUND',
      channel: 'SMS',
      kind: 'FREE_FORM',
      author_kind: 'system',
      notification_type: 'bridge',
      status: 'PENDING',
    });
  });

  it('C16: not sent, it failed, and so did what it was to be sent for', () => {
    expect(messageAfter(over, bridgeId)).toMatchObject({ status: 'FAILED' });
    const cause = messageAfter(over, reply)?.delivery;
    expect(JSON.parse(cause ?? '')).toMatchObject({
      failure: { reason: 'window_expired_bridge_failed' },
    });
  });

  it.each([
    ['window_expired_sms_opted_out', 1],
    ['window_expired_no_phone', 1],
    ['window_expired', 1],
    ['window_expired_bridge_sent', 0],
    ['window_expired_bridge_deduplicated', 0],
  ] as const)('Q09, R077: what failed for %s leaves the conversation marked: %d', (why, mark) => {
    const lost = failed(after(dayMs), reply, 'WINDOW_EXPIRED', windowExpired(why));
    const facts = (...more: readonly ConversationEvent[]) =>
      stored<ConversationEvent>([...open(noon), held, lost, ...more]) as never[];
    const row = {
      ...conversationRow,
      last_message_id: reply,
      last_activity_at: epochMs(after(dayMs)),
      needs_attention: mark,
    };
    given(conversationsProjection)(...facts()).shows(first, row);
    given(conversationsProjection)(...facts(wrote(after(dayMs + 1), 'back'))).shows(first, {
      ...row,
      unread_count: 2,
      last_message_id: messageId('back'),
      last_activity_at: epochMs(after(dayMs + 1)),
      needs_attention: 0,
    });
  });

  it('Q09, R077: a bridge that the carrier lost leaves the conversation marked', () => {
    const lost = receipt(after(dayMs + 5), 'FAILED', { message: bridgeId }, badNumber);
    const bridged = stored<ConversationEvent>([...asked, lost]);
    const row = bridged
      .filter((fact) => (conversationsProjection.types as readonly string[]).includes(fact.type))
      .reduce<ReturnType<typeof conversationsProjection.project>>(
        (before, fact) => conversationsProjection.project(before, fact as never, first),
        undefined,
      );
    expect(row?.needs_attention).toBe(1);
  });

  it('R160: the thread knows that the customer opened the page', () => {
    const opened = [...asked, portalOpened(after(dayMs + 5))];
    given(threadsProjection)(...(stored<ConversationEvent>(opened) as never[])).shows(thread, {
      ...threadRow,
      writer_revision: 3,
      last_seen_channel: 'PORTAL',
      last_seen_at: epochMs(after(dayMs + 5)),
      bridge_id: bridgeId,
      bridge_requested_at: epochMs(after(dayMs)),
      bridge_opened_at: epochMs(after(dayMs + 5)),
    });
  });

  it('Q09: a bridge that was not sent leaves the conversation marked, until another goes', () => {
    const another = bridgeRequested(after(dayMs + 9), messageId('bridge2'));
    const marks = [over, [...over, another]].map((facts) =>
      stored<ConversationEvent>(facts)
        .filter((fact) => (conversationsProjection.types as readonly string[]).includes(fact.type))
        .reduce<ReturnType<typeof conversationsProjection.project>>(
          (row, fact) => conversationsProjection.project(row, fact as never, first),
          undefined,
        ),
    );
    expect(marks.map((row) => row?.needs_attention)).toEqual([1, 0]);
  });

  it('R096: the thread knows the newest, unless it was not sent', () => {
    const row = {
      ...threadRow,
      writer_revision: 3,
      bridge_id: bridgeId,
      bridge_requested_at: epochMs(after(dayMs)),
    };
    given(threadsProjection)(...(stored<ConversationEvent>(asked) as never[])).shows(thread, row);
    given(threadsProjection)(...(stored<ConversationEvent>(over) as never[])).shows(thread, {
      ...row,
      bridge_id: null,
      bridge_requested_at: null,
    });
  });

  it('R100: the thread knows where the customer wrote last, by their time', () => {
    const sms = wrote(after(5), 'sms', { channel: 'SMS', opensWindow: false });
    const late = wrote(after(3), 'late', { channel: 'PORTAL', opensWindow: false });
    given(threadsProjection)(...stored([...open(noon), sms, late])).shows(thread, {
      ...threadRow,
      writer_revision: 4,
      last_seen_channel: 'SMS',
      last_seen_at: epochMs(after(5)),
    });
  });
});

describe('the view of messages', () => {
  const untouched = { reaction: null, edited_at: null, revoked_at: null, file: null };
  const outbound = (...facts: readonly ConversationEvent[]) => {
    const all = stored([...open(noon), requested(after(1)), ...facts]);
    const row = all
      .filter((fact) => (messagesProjection.types as readonly string[]).includes(fact.type))
      .filter((fact) => messagesProjection.keys(fact as never).includes(reply))
      .reduce<ReturnType<typeof messagesProjection.project>>(
        (before, fact) => messagesProjection.project(before, fact as never, reply),
        undefined,
      );
    if (!row) throw new Error('there is no row');
    return row;
  };

  it('shows what the customer wrote, when it was sent and when it reached us', () => {
    const late = wrote(noon, 'hello', { receivedAt: after(7) });
    given(messagesProjection)(...stored([late])).shows('hello', {
      message_id: messageId('hello'),
      organisation_id: acme,
      conversation_id: first,
      direction: 'INBOUND',
      channel: 'WHATSAPP',
      kind: 'FREE_FORM',
      content: '{"extras":{},"kind":"text","text":"hello"}',
      author_kind: 'customer',
      author_id: daniel,
      sent_at: epochMs(noon),
      received_at: epochMs(after(7)),
      sort: positionAt(1),
      inside_window: null,
      quoted_message_id: null,
      notification_type: null,
      status: null,
      delivery: null,
      ...untouched,
    });
  });

  it('R104: shows how far an answer got, as the domain sees it', () => {
    const facts = [dispatching(after(2)), accepted(after(3)), receipt(after(4), 'READ')];
    for (const [count, status] of [
      [0, 'PENDING'],
      [2, 'PENDING'],
      [3, 'READ'],
    ] as const) {
      const row = outbound(...facts.slice(0, count));
      expect(row.status).toBe(status);
      const kept = JSON.parse(row.delivery ?? 'null') as Parameters<typeof shownStatus>[0];
      const state = [...open(noon), requested(after(1)), ...facts.slice(0, count)].reduce(
        evolve,
        emptyThread,
      );
      expect(kept).toEqual(state.outbound.get(reply)?.delivery);
    }
  });

  it('R105, R106: keeps the reason of a failure and the provider’s own words', () => {
    const row = outbound(dispatching(after(2)), rejected(after(3), badNumber));
    expect(row.status).toBe('FAILED');
    expect(JSON.parse(row.delivery ?? '')).toMatchObject({ failure: badNumber });
  });

  it('R020, C24: keeps the kind of a message and whether it was inside the window', () => {
    expect(outbound()).toMatchObject({ kind: 'FREE_FORM', inside_window: 1 });
    const template = requested(after(1), reply, { kind: 'TEMPLATE', insideWindow: false });
    const [fact] = stored([template]);
    expect(fact && messagesProjection.project(undefined, fact, reply)).toMatchObject({
      kind: 'TEMPLATE',
      inside_window: 0,
    });
  });

  it('shows nothing of words that have been erased', () => {
    const [fact] = stored([wrote(noon, 'hello', { content: ERASED })]);
    expect(fact && messagesProjection.project(undefined, fact, 'hello')).toMatchObject({
      content: 'null',
    });
  });

  it('leaves out what it has never heard the beginning of', () => {
    given(messagesProjection)(...stored([dispatching(after(2))])).shows(reply, undefined);
  });
});

describe('the feed', () => {
  it('names each fact of a conversation by its place in the log', () => {
    const facts = stored([...open(noon), windowOver(noon)]);
    given(feedProjection)(...(facts as never[])).shows(positionAt(2), {
      position: positionAt(2),
      organisation_id: acme,
      stream,
      revision: 1,
      type: 'CustomerMessageReceived',
      recorded_at: epochMs(noon),
      conversation_id: first,
      message_id: messageId('hello'),
    });
    given(feedProjection)(...(facts as never[])).shows(positionAt(3), {
      position: positionAt(3),
      organisation_id: acme,
      stream,
      revision: 2,
      type: 'WindowExpired',
      recorded_at: epochMs(after(dayMs)),
      conversation_id: first,
      message_id: null,
    });
  });
});
