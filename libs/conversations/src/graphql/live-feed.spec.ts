import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cancellable } from '#edge';
import { positionAt } from '#kernel/spec';
import { comparePositions, type Position } from '#kernel';
import { LiveFeeds, type Link } from './live-feed.js';

type Told = { readonly number: number };

/** A log of which every third fact is told to nobody. */
class Facts {
  readonly links: Link[] = [];
  /** How many follow it at this moment, and how many have ever. */
  following = 0;
  followed = 0;
  private wake: (() => void)[] = [];
  private broken = false;
  private over = false;

  add(count: number): void {
    for (let n = 0; n < count; n += 1) {
      const number = this.links.length + 1;
      const told: Told | null = number % 3 === 0 ? null : { number };
      this.links.push({ position: positionAt(number), told });
    }
    this.news();
  }

  /** Whoever follows it now fails. */
  break(): void {
    this.broken = true;
    this.news();
  }

  /** Nobody is told anything any more: who follows it comes to its end. */
  stop(): void {
    this.over = true;
    this.news();
  }

  newest = (): Position | null => this.links.at(-1)?.position ?? null;

  follow = (after: Position | null): AsyncIterableIterator<Link> =>
    cancellable((signal) => this.from(after, signal));

  private async *from(after: Position | null, signal: AbortSignal): AsyncGenerator<Link> {
    this.following += 1;
    this.followed += 1;
    try {
      let position = after;
      while (!signal.aborted && !this.over) {
        const from = position;
        const next = this.links.find(
          (each) => from === null || comparePositions(each.position, from) > 0,
        );
        if (next) {
          ({ position } = next);
          yield next;
        } else await this.more(signal);
        if (this.broken) {
          this.broken = false;
          throw new Error('the feed is broken');
        }
      }
    } finally {
      this.following -= 1;
    }
  }

  private more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.wake.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  private news(): void {
    for (const wake of this.wake) wake();
    this.wake = [];
  }
}

const settled = (): Promise<void> => new Promise(setImmediate);
const upTo = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n).filter((number) => number % 3 !== 0);

describe('the feed of a group', () => {
  let facts: Facts;
  let feeds: LiveFeeds;

  beforeEach(() => {
    facts = new Facts();
    feeds = new LiveFeeds();
    facts.add(10);
  });

  const reader = (after: Position | null = null) =>
    feeds.reader({ key: 'g', follow: facts.follow, newest: facts.newest }, after);
  const take = async (from: AsyncIterator<object>, count: number): Promise<readonly number[]> => {
    const numbers: number[] = [];
    while (numbers.length < count) numbers.push(((await from.next()).value as Told).number);
    return numbers;
  };

  it('follows the log once for all who keep up, and tells each of them all of it', async () => {
    const readers = Array.from({ length: 5 }, () => reader());
    const told = Promise.all(readers.map((each) => take(each, 20)));
    facts.add(30);
    expect(await told).toEqual(readers.map(() => upTo(11, 40)));
    expect(facts.followed).toBe(1);
  });

  it('tells the very same object to all of them', async () => {
    const [one, other] = [reader(), reader()];
    const told = Promise.all([one.next(), other.next()]);
    facts.add(1);
    const [first, second] = await told;
    expect(first.value).toBe(second.value);
  });

  it('leaves a reader who falls behind to itself, and takes it back when it has caught up', async () => {
    const [quick, slow] = [reader(), reader()];
    const first = Promise.all([take(quick, 1), take(slow, 1)]);
    facts.add(1);
    expect(await first).toEqual([[11], [11]]);
    facts.add(289);
    expect(await take(quick, upTo(12, 300).length)).toEqual(upTo(12, 300));
    expect(await take(slow, upTo(12, 300).length)).toEqual(upTo(12, 300));
    expect(facts.followed).toBe(2);
    const both = Promise.all([take(quick, 1), take(slow, 1)]);
    facts.add(1);
    expect(await both).toEqual([[301], [301]]);
    await settled();
    expect(facts.following).toBe(1);
  });

  it('has a reader from an earlier place catch up by itself', async () => {
    const early = reader(positionAt(4));
    expect(await take(early, upTo(5, 10).length)).toEqual(upTo(5, 10));
    const late = take(early, 2);
    facts.add(3);
    expect(await late).toEqual([11, 13]);
  });

  it('ends a reader while it waits, and itself with the last of them', async () => {
    const [one, other] = [reader(), reader()];
    const waiting = [one.next(), other.next()];
    await one.return?.();
    expect(await waiting[0]).toEqual({ done: true, value: undefined });
    expect(facts.following).toBe(1);
    await other.return?.();
    expect(await waiting[1]).toEqual({ done: true, value: undefined });
    await settled();
    expect(facts.following).toBe(0);
    expect(await one.next()).toEqual({ done: true, value: undefined });
  });

  it('that has come to its end is over for all who wait, and for who comes after', async () => {
    const readers = [reader(), reader()];
    const waiting = readers.map((each) => each.next());
    await settled();
    facts.stop();
    const over = { done: true, value: undefined };
    expect(await Promise.all(waiting)).toEqual([over, over]);
    expect(await reader().next()).toEqual(over);
    expect(facts.followed).toBeLessThanOrEqual(2);
  });

  it('that fails leaves its readers to themselves, and none of them misses anything', async () => {
    const readers = [reader(), reader()];
    const told = Promise.all(readers.map((each) => take(each, 20)));
    await settled();
    facts.break();
    facts.add(30);
    expect(await told).toEqual([upTo(11, 40), upTo(11, 40)]);
  });

  it('tells each reader everything once and in order, however they come, go and dawdle', async () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('add' as const), count: fc.integer({ min: 1, max: 90 }) }),
      fc.record({ what: fc.constant('read' as const), count: fc.nat({ max: 5 }) }),
      fc.record({ what: fc.constant('wait' as const), count: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        facts = new Facts();
        feeds = new LiveFeeds();
        facts.add(10);
        const readers = [null, 0, 3, 10].map((at) => reader(at === null ? null : positionAt(at)));
        const told: number[][] = readers.map(() => []);
        const pending = new Map<number, Promise<void>>();
        const ask = (index: number): void => {
          const asked = readers[index]?.next().then(({ value }) => {
            told[index]?.push((value as Told).number);
            pending.delete(index);
          });
          if (asked) pending.set(index, asked);
        };
        for (const { what, count } of steps) {
          if (what === 'add') facts.add(count);
          if (what === 'read' && !pending.has(count % 4)) ask(count % 4);
          await settled();
        }
        facts.add(3);
        const last = upTo(1, facts.links.length).at(-1);
        for (const [index, numbers] of told.entries())
          while (numbers.at(-1) !== last) {
            if (!pending.has(index)) ask(index);
            await pending.get(index);
          }
        expect(told).toEqual([10, 0, 3, 10].map((at) => upTo(at + 1, facts.links.length)));
        for (const each of readers) await each.return?.();
        await settled();
        expect(facts.following).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
