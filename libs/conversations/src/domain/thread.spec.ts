import { describe, expect, it } from '@jest/globals';
import { messageId } from '#kernel';
import {
  accepted,
  badNumber,
  dispatching,
  receipt,
  rejected,
  resolved,
  unknown,
} from '../spec/dispatches.js';
import {
  ended,
  open,
  read,
  requested,
  started,
  windowOver,
  windowRefused,
  wrote,
} from '../spec/facts.js';
import { after, daniel, first, noon, number, reply, second } from '../spec/people.js';
import type { ConversationEvent } from './events.js';
import { emptyThread, evolve, type Thread } from './thread.js';

const fold = (...facts: readonly ConversationEvent[]): Thread => facts.reduce(evolve, emptyThread);
const message = (thread: Thread) => thread.outbound.get(reply);
const inHand = [...open(noon), requested(after(1)), dispatching(after(2))];

describe('a thread', () => {
  it('knows between whom it is, and which conversation is the current one', () => {
    const thread = fold(...open(), ended(after(1)), started(after(2), 2));
    expect(thread).toMatchObject({
      numberId: number,
      contactId: daniel,
      episode: { conversationId: second, number: 2, lifecycle: 'ACTIVE' },
    });
    expect(fold(...open(), ended(after(1))).episode).toEqual({
      conversationId: first,
      number: 1,
      lifecycle: 'ENDED',
    });
  });

  it('counts what a writer must have seen, and nothing else', () => {
    const counted = [started(noon), wrote(noon), requested(after(1)), ended(after(9))];
    expect(fold(...counted).writerRevision).toBe(4);
    const others: readonly ConversationEvent[] = [
      dispatching(after(2)),
      accepted(after(3)),
      receipt(after(4), 'READ'),
      read(after(5)),
      windowOver(noon),
      windowRefused(after(6), after(2)),
      rejected(after(7), badNumber),
      unknown(after(8)),
    ];
    const before = fold(...counted);
    for (const fact of others) expect(evolve(before, fact).writerRevision).toBe(4);
  });

  it('keeps the words of a message until nothing can have it sent again', () => {
    expect(message(fold(...inHand))?.content).not.toBeNull();
    expect(message(fold(...inHand, unknown(after(3))))?.content).not.toBeNull();
    const again = [unknown(after(3)), resolved(after(4), 'SEND_AGAIN')];
    expect(message(fold(...inHand, ...again))?.content).not.toBeNull();
    for (const gone of [
      accepted(after(3)),
      rejected(after(3), badNumber),
      receipt(after(3), 'FAILED', {}, badNumber),
    ])
      expect(message(fold(...inHand, gone))?.content).toBeNull();
    expect(
      message(fold(...inHand, unknown(after(3)), resolved(after(4), 'ARRIVED')))?.content,
    ).toBeNull();
  });

  it('believes what it is told: a fact of a message it does not know changes nothing', () => {
    const before = fold(...open());
    expect(evolve(before, accepted(after(1), { message: messageId('nobody') }))).toBe(before);
  });

  it('lets a message go from the queue once nobody has to send it any more', () => {
    expect(fold(...inHand).waiting).toEqual([reply]);
    expect(fold(...inHand, unknown(after(3))).waiting).toEqual([]);
    const again = [unknown(after(3)), resolved(after(4), 'SEND_AGAIN')];
    expect(fold(...inHand, ...again).waiting).toEqual([reply]);
    expect(fold(...inHand, ...again, receipt(after(5), 'SENT')).waiting).toEqual([]);
  });

  it('knows where the customer was last; of two places at one instant, the one told last', () => {
    const on = (channel: 'SMS' | 'WHATSAPP', ms: number) =>
      wrote(after(ms), `${channel}${ms}`, { channel, opensWindow: channel === 'WHATSAPP' });
    const lastSeen = (...facts: readonly ConversationEvent[]) =>
      fold(...open(noon), ...facts).lastSeen?.channel;
    expect(lastSeen(on('SMS', 2), on('WHATSAPP', 1))).toBe('SMS');
    expect(lastSeen(on('SMS', 2), on('WHATSAPP', 2))).toBe('WHATSAPP');
    expect(lastSeen(on('WHATSAPP', 2), on('SMS', 2))).toBe('SMS');
  });

  it('R009: shares nothing with another thread', () => {
    const one = fold(...open(noon));
    const other = fold(...open(after(5)));
    expect(one.window).not.toEqual(other.window);
    expect(fold(...open(noon)).window).toEqual(one.window);
    expect(emptyThread.window).toEqual({ lastCustomerMessageAtMs: null, refusedAtMs: null });
  });
});
