import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs, isRejection, type Json } from '#kernel';
import { recorded } from '#kernel/spec';
import type { WebhookReceived } from '#webhooks';
import type { ThreadItem } from '#channels/whatsapp';
import { earlierProviderId, inboundWish } from '../commands/inbound-message.js';
import { inboundReceipt } from '../commands/inbound-receipt.js';
import { writeCallbackData } from '../domain/callback-data.js';
import { conversationDecider, type ConversationCommand } from '../domain/conversation.js';
import { shownStatus } from '../domain/delivery.js';
import type { Thread } from '../domain/thread.js';
import { dispatching } from '../spec/dispatches.js';
import { open, requested } from '../spec/facts.js';
import { after, daniel, hourMs, noon, number, reply, thread } from '../spec/people.js';
import { whatsAppInbox } from './whatsapp-inbox.policy.js';

const { decide, evolve, initial } = conversationDecider;
const inbox = whatsAppInbox('a key');
const receivedAt = after(hourMs);
const print = (providerId: string): string => `print-${providerId.replace('.', '')}-of-daniel`;
const from = '447700900281';
const secondsAt = (ms: number): string => String(Math.floor((epochMs(noon) + ms) / 1_000));

/** One thing that WhatsApp has to say, as it stands in a body. */
type Told = { readonly list: 'messages' | 'statuses'; readonly item: Json };

const wrote = (name: string, ms: number, told: { readonly [key: string]: Json }): Told => ({
  list: 'messages',
  item: { id: `wamid.${name}`, from, timestamp: secondsAt(ms), ...told },
});
const receipt = (status: string, ms: number): Told => ({
  list: 'statuses',
  item: {
    id: 'wamid.ours',
    status,
    timestamp: secondsAt(ms),
    recipient_id: from,
    biz_opaque_callback_data: writeCallbackData({ thread, message: reply, attempt: 1 }),
  },
});
const text = (body: string) => ({ type: 'text', text: { body } });

/** Late, early, in the future, and some that open no window. */
const all: readonly Told[] = [
  wrote('one', 1_000, text('Is it ready?')),
  wrote('two', 2_000, text('Hello?')),
  wrote('late', -26 * hourMs, text('yesterday')),
  wrote('future', 9 * hourMs, text('from a clock that is ahead')),
  wrote('odd', 3_000, { type: 'hologram', hologram: {} }),
  wrote('system', 5 * 60_000, { type: 'system', system: { type: 'other' } }),
  wrote('smile', 4_000, { type: 'reaction', reaction: { message_id: 'wamid.one', emoji: '🙂' } }),
  receipt('sent', 5_000),
  receipt('delivered', 6_000),
  receipt('read', 7_000),
];

const bodyOf = (told: readonly Told[]): string => {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { phone_number_id: '1070' },
    messages: told.flatMap(({ list, item }) => (list === 'messages' ? [item] : [])),
    statuses: told.flatMap(({ list, item }) => (list === 'statuses' ? [item] : [])),
  };
  const entry = [{ id: '2', changes: [{ field: 'messages', value }] }];
  return Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry })).toString(
    'base64',
  );
};

const itemsOf = (body: string): readonly ThreadItem[] =>
  inbox
    .whenever(
      recorded<WebhookReceived>(
        {
          type: 'WebhookReceived',
          at: noon,
          data: { source: 'whatsapp', body, coding: 'none', query: '' },
        },
        { stream: 'webhooks-whatsapp-2026-11-20', metadata: { recordedAt: receivedAt } },
      ),
    )
    .flatMap((asked) =>
      'command' in asked && asked.command.to === 'inbound' ? [asked.command.command.item] : [],
    );

const wishOf = (item: ThreadItem): ConversationCommand => {
  if (item.kind === 'status')
    return inboundReceipt(item, print(item.providerMessageId), receivedAt).command(null);
  if (item.kind === 'user-id') throw new Error('nobody has another id here');
  const earlier = earlierProviderId(item);
  return inboundWish(item, {
    threadId: thread,
    numberId: number,
    contactId: daniel,
    at: receivedAt,
    receivedAt,
    fingerprint: print(item.providerMessageId),
    earlierFingerprint: earlier === null ? null : print(earlier),
  });
};

const begun = [...open(noon), requested(after(1)), dispatching(after(2))].reduce(evolve, initial);

type Delivered = { readonly thread: Thread; readonly facts: number };

const delivered = (bodies: readonly (readonly Told[])[]): Delivered =>
  bodies
    .flatMap((told) => itemsOf(bodyOf(told)))
    .reduce(
      ({ thread: before, facts }: Delivered, item) => {
        const decision = decide(before, wishOf(item));
        if (isRejection(decision)) throw new Error(decision.rejected);
        return { thread: decision.reduce(evolve, before), facts: facts + decision.length };
      },
      { thread: begun, facts: 0 },
    );

/** What a thread knows in the end, but for the order in which it came to know it. */
const known = ({ thread: state, facts }: Delivered) => {
  const { window, inbound, happened, providerIds, outbound, ...rest } = state;
  const delivery = outbound.get(reply)?.delivery;
  return {
    facts,
    window,
    inbound: inbound.toJS(),
    happened: happened.toArray().toSorted(),
    providerIds: providerIds.toJS(),
    status: delivery && shownStatus(delivery),
    statusTimes: delivery?.statusTimes,
    receipts: delivery?.receipts.toSorted(),
    writerRevision: rest.writerRevision,
    lastSeenAt: rest.lastSeen?.at,
    waiting: rest.waiting,
  };
};

describe('what WhatsApp delivers', () => {
  it('is all taken, when it comes once and in order', () => {
    const { facts, thread: state } = delivered([all]);
    expect(facts).toBe(all.length);
    // With the one that opened the thread. The one from the future counts from its receipt.
    expect([state.inbound.size, state.happened.size]).toEqual([7, 1]);
    expect(state.window.lastCustomerMessageAtMs).toBe(epochMs(receivedAt));
  });

  it('Q12, F15, F16: ends the same, repeated, reordered and split into bodies as may be', () => {
    const parts = fc.subarray([...all], { minLength: 1 });
    const deliveries = parts.chain((some) =>
      fc.tuple(
        fc.constant(some),
        fc
          .array(fc.constantFrom(...some), { maxLength: 12 })
          .chain((more) =>
            fc.shuffledSubarray([...some, ...more], { minLength: some.length + more.length }),
          ),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
      ),
    );
    fc.assert(
      fc.property(deliveries, ([some, order, sizes]) => {
        const bodies: (readonly Told[])[] = [];
        for (let at = 0, turn = 0; at < order.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          bodies.push(order.slice(at, at + size));
          at += size;
        }
        expect(known(delivered(bodies))).toEqual(known(delivered([some])));
      }),
      { numRuns: 300 },
    );
  });
});
