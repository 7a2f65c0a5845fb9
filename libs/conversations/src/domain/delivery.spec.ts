import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  bridgeFailed,
  echoedDelivery,
  evolveDelivery,
  isUnconfirmed,
  messageStatuses,
  requestedDelivery,
  shownStatus,
  type Delivery,
} from './delivery.js';
import type { ConversationEvent, Receipt } from './events.js';
import {
  accepted,
  badNumber,
  deferred,
  dispatching,
  lookupDue,
  notListed,
  outsideWindow,
  receipt,
  rejected,
  resolved,
  retryDue,
  unknown,
} from '../spec/dispatches.js';
import { bridgeSent, failed, posted, requested, wrote } from '../spec/facts.js';
import { after } from '../spec/people.js';

const receipts: readonly Receipt[] = ['SENT', 'DELIVERED', 'READ', 'FAILED'];
const delivery = (...facts: readonly ConversationEvent[]): Delivery =>
  facts.reduce(evolveDelivery, requestedDelivery(after(0)));
const status = (...facts: readonly ConversationEvent[]) => shownStatus(delivery(...facts));
const sent = [dispatching(after(1)), accepted(after(2))];

/** A receipt, always told the same way: `at` is the provider's and does not depend on arrival. */
const told = (kind: Receipt) =>
  receipt(after(10 + receipts.indexOf(kind)), kind, {}, kind === 'FAILED' ? badNumber : null);

const permutations = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, index) =>
        permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
      );

/** Each receipt is kept once, as the decision sees to it; the list alone tells who came first. */
const once = (facts: readonly ConversationEvent[]): readonly ConversationEvent[] => [
  ...new Map(facts.map((fact) => [JSON.stringify(fact), fact])).values(),
];
const settled = (facts: readonly ConversationEvent[]) => {
  const { receipts: kept, ...rest } = delivery(dispatching(after(1)), ...once(facts));
  return { ...rest, receipts: kept.toSorted(), shown: shownStatus({ ...rest, receipts: kept }) };
};

describe('the status that is shown', () => {
  it('R104: is PENDING, SENT, DELIVERED, READ, one after the other', () => {
    expect(status()).toBe('PENDING');
    expect(status(dispatching(after(1)))).toBe('PENDING');
    expect(status(...sent)).toBe('PENDING');
    expect(status(...sent, told('SENT'))).toBe('SENT');
    expect(status(...sent, told('SENT'), told('DELIVERED'))).toBe('DELIVERED');
    expect(status(...sent, told('SENT'), told('DELIVERED'), told('READ'))).toBe('READ');
  });

  it('P11: READ implies DELIVERED, and FAILED after DELIVERED is kept but does not show', () => {
    expect(status(...sent, told('READ'))).toBe('READ');
    const late = delivery(...sent, told('DELIVERED'), told('FAILED'));
    expect(shownStatus(late)).toBe('DELIVERED');
    expect(late.receipts).toEqual(['1:DELIVERED', '1:FAILED']);
    expect(late.failure).toEqual(badNumber);
    expect(status(...sent, told('FAILED'), told('DELIVERED'))).toBe('DELIVERED');
    expect(status(...sent, told('FAILED'), told('SENT'))).toBe('FAILED');
  });

  it('R105: is FAILED when we or the provider refused, with the reason', () => {
    expect(status(failed(after(0)))).toBe('FAILED');
    const refused = delivery(dispatching(after(1)), rejected(after(2), outsideWindow));
    expect(shownStatus(refused)).toBe('FAILED');
    expect(refused.failure).toEqual(outsideWindow);
    const late = delivery(...sent, told('FAILED'));
    expect([shownStatus(late), late.failure]).toEqual(['FAILED', badNumber]);
  });

  it('is NOT_CONFIRMED once the outcome is unknown, until somebody knows', () => {
    const lost = [dispatching(after(1)), unknown(after(2))];
    expect(isUnconfirmed(delivery(...lost))).toBe(true);
    expect(status(...lost, told('SENT'))).toBe('SENT');
    expect(status(...lost, accepted(after(3)))).toBe('PENDING');
    expect(status(...lost, resolved(after(3), 'ARRIVED'))).toBe('SENT');
    expect(status(...lost, resolved(after(3), 'SEND_AGAIN'))).toBe('PENDING');
    expect(isUnconfirmed(delivery(...lost, told('FAILED')))).toBe(false);
  });

  it('stands in the order in which the statuses are listed', () => {
    expect(messageStatuses.join()).toBe('PENDING,NOT_CONFIRMED,SENT,FAILED,DELIVERED,READ');
  });

  it('leaves a message alone when the fact is of something else', () => {
    const before = delivery(...sent);
    expect(evolveDelivery(before, wrote())).toBe(before);
    expect(evolveDelivery(before, requested(after(0)))).toBe(before);
  });
});

describe('receipts and the answer to our own call, in whatever order and multiplicity', () => {
  const facts = [accepted(after(5)), ...receipts.map(told)];

  it('P11: all 120 orders of accepted, sent, delivered, read and failed end alike', () => {
    const ends = permutations(facts).map((order) => settled(order));
    expect(ends).toHaveLength(120);
    expect(new Set(ends.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(ends[0]).toMatchObject({ shown: 'READ', phase: 'ACCEPTED', failure: badNumber });
  });

  it('P11: any part of them, doubled and shuffled, ends as that part does', () => {
    const part = fc.subarray(facts, { minLength: 1 });
    const shuffled = part.chain((some) =>
      fc.tuple(
        fc.constant(some),
        fc
          .array(fc.constantFrom(...some), { maxLength: 12 })
          .chain((more) =>
            fc.shuffledSubarray([...some, ...more], { minLength: some.length + more.length }),
          ),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([some, order]) => expect(settled(order)).toEqual(settled(some))),
    );
  });

  it('P11: the status of an attempt only ever moves forward', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...facts), { maxLength: 15 }), (order) => {
        let before = delivery(dispatching(after(1)));
        for (const fact of order) {
          const next = evolveDelivery(before, fact);
          const rank = (each: Delivery) => messageStatuses.indexOf(shownStatus(each));
          expect(rank(next)).toBeGreaterThanOrEqual(rank(before));
          before = next;
        }
      }),
    );
  });

  it('times stand once for each status, in the order of the statuses', () => {
    for (const order of permutations(facts)) {
      const times = settled(order).statusTimes;
      expect(times).toEqual([
        { status: 'PENDING', at: after(0) },
        { status: 'SENT', at: after(10) },
        { status: 'FAILED', at: after(13) },
        { status: 'DELIVERED', at: after(11) },
        { status: 'READ', at: after(12) },
      ]);
    }
  });
});

describe('a second attempt', () => {
  const again = [
    dispatching(after(1)),
    unknown(after(2)),
    resolved(after(3), 'SEND_AGAIN'),
  ] as const;

  it('is not made when a receipt of the first comes before it has been started', () => {
    const late = delivery(...again, told('DELIVERED'));
    expect(late).toMatchObject({ attempt: 1, phase: 'ACCEPTED' });
    expect(shownStatus(late)).toBe('DELIVERED');
  });

  it('P9: nor while it has been put off: the customer has the message', () => {
    const off = [
      dispatching(after(4), { attempt: 2 }),
      deferred(after(5), after(9), { attempt: 2 }),
    ];
    const late = delivery(...again, ...off, told('SENT'));
    expect(late).toMatchObject({ attempt: 1, phase: 'ACCEPTED' });
    expect(shownStatus(late)).toBe('SENT');
  });

  it('is made although the first is said to have failed', () => {
    const late = delivery(...again, told('FAILED'));
    expect(late).toMatchObject({ attempt: 2, phase: 'WAITING' });
    expect(shownStatus(late)).toBe('PENDING');
  });

  it('shows its own status; what becomes of the first is kept, and no time of its own', () => {
    const both = delivery(...again, dispatching(after(4), { attempt: 2 }), told('DELIVERED'));
    expect(shownStatus(both)).toBe('PENDING');
    expect(both.receipts).toEqual(['1:DELIVERED']);
    expect(both.statusTimes.map((time) => time.status)).toEqual(['PENDING', 'NOT_CONFIRMED']);
    const arrived = evolveDelivery(both, receipt(after(20), 'DELIVERED', { attempt: 2 }));
    expect(arrived.statusTimes.at(-1)).toEqual({ status: 'DELIVERED', at: after(20) });
  });

  it('is not moved by an outcome of the first', () => {
    const started = delivery(...again, dispatching(after(4), { attempt: 2 }));
    expect(evolveDelivery(started, accepted(after(5)))).toBe(started);
    expect(evolveDelivery(started, retryDue(after(5)))).toBe(started);
  });
});

describe('since when the provider has a message', () => {
  it('is the first instant at which somebody said so', () => {
    const acceptedAt = (...facts: readonly ConversationEvent[]) => delivery(...facts).acceptedAt;
    const lost = [dispatching(after(1)), unknown(after(2))];
    expect(acceptedAt()).toBeNull();
    expect(acceptedAt(...lost)).toBeNull();
    expect(acceptedAt(...lost, resolved(after(3), 'SEND_AGAIN'))).toBeNull();
    for (const first of [accepted(after(3)), bridgeSent(after(3)), resolved(after(3), 'ARRIVED')])
      for (const later of [accepted(after(4)), bridgeSent(after(4))])
        expect(acceptedAt(...lost, first, later)).toBe(after(3));
    expect(acceptedAt(posted(after(3)))).toBe(after(3));
    expect(echoedDelivery(after(3))).toMatchObject({ acceptedAt: after(3), phase: 'ARRIVED' });
    expect(echoedDelivery(after(3)).statusTimes).toEqual([{ status: 'SENT', at: after(3) }]);
  });

  it('is not told by a receipt alone, which does not say when it was taken', () => {
    expect(delivery(dispatching(after(1)), told('SENT')).acceptedAt).toBeNull();
  });
});

describe('each start of a message', () => {
  const first = [dispatching(after(1)), unknown(after(2)), lookupDue(after(3), 1)];

  it('is by one dispatcher, and nobody has begun before', () => {
    expect(delivery()).toMatchObject({ dispatchId: null, startedAt: null, isResent: false });
    expect(delivery(dispatching(after(1), {}, 'theirs'))).toMatchObject({
      dispatchId: 'theirs',
      startedAt: after(1),
      isResent: false,
    });
  });

  it('counts how often it was looked for and not found, from nothing each time', () => {
    expect(delivery()).toMatchObject({ lookups: 0, absences: [] });
    const absent = [...first, notListed(after(4), 1), lookupDue(after(5), 2)];
    expect(delivery(...absent)).toMatchObject({ lookups: 2, absences: [1] });
    expect(delivery(...absent, notListed(after(6), 2)).absences).toEqual([1, 2]);
    const again = [...absent, resolved(after(7), 'SEND_AGAIN')];
    expect(delivery(...again).isResent).toBe(true);
    const restarted = delivery(...again, dispatching(after(8), { attempt: 2 }));
    expect(restarted).toMatchObject({ lookups: 0, absences: [], attempt: 2, isResent: true });
  });

  it('forgets the failure of the one before, and takes none of an earlier attempt', () => {
    const refused = [dispatching(after(1)), told('FAILED')];
    expect(delivery(...refused).failure).toEqual(badNumber);
    const again = [...first, resolved(after(4), 'SEND_AGAIN')];
    const second = [...again, dispatching(after(5), { attempt: 2 })];
    expect(delivery(...again, told('FAILED')).failure).toBeNull();
    expect(delivery(...second, told('FAILED')).failure).toBeNull();
    const failedOnce = delivery(dispatching(after(1)), rejected(after(2), outsideWindow));
    expect(evolveDelivery(failedOnce, dispatching(after(3), { attempt: 2 })).failure).toBeNull();
    // A receipt that says no more leaves what is known.
    const silent = receipt(after(9), 'FAILED', {}, null);
    expect(evolveDelivery(failedOnce, silent).failure).toEqual(outsideWindow);
  });
});

describe('a message in whose place a bridge was to go', () => {
  it('says so once it is known that the bridge was not sent, if it has failed at all', () => {
    expect(bridgeFailed(delivery())).toEqual(delivery());
    const held = delivery(failed(after(0)));
    expect(bridgeFailed(held)).toEqual({
      ...held,
      failure: { ...held.failure, reason: 'window_expired_bridge_failed' },
    });
  });
});

describe('a message that was put off', () => {
  const off = [dispatching(after(1)), deferred(after(2), after(9))];

  it('waits for its retry, which is another attempt', () => {
    expect(delivery(...off)).toMatchObject({ attempt: 1, phase: 'DEFERRED' });
    expect(status(...off)).toBe('PENDING');
    expect(delivery(...off, retryDue(after(9)))).toMatchObject({ attempt: 2, phase: 'WAITING' });
  });

  it.each(receipts)('P9: is not tried again once there is a receipt of it (%s)', (kind) => {
    expect(delivery(...off, told(kind))).toMatchObject({ attempt: 1, phase: 'ACCEPTED' });
    expect(status(...off, told(kind))).toBe(kind);
  });
});
