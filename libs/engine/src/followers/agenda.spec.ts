import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StoredDeadline } from '#view-store';
import { Agenda, type AgendaLimits } from './agenda.js';

const due = (key: string, dueAtMs: number): StoredDeadline => ({
  key,
  dueAtMs,
  causeId: '',
  command: '',
});
const nothing: readonly StoredDeadline[] = [];
const end = 1_000_000;

const limits = { pageSize: 4, heldMax: 8 };

/** An agenda that has read all there was: nothing. */
const empty = (): Agenda => {
  const agenda = new Agenda(limits);
  agenda.reading();
  agenda.read(nothing);
  return agenda;
};

/** An agenda over a store, which knows of each change at once. */
class Kept {
  readonly agenda: Agenda;
  readonly stored = new Map<string, StoredDeadline>();
  private page: readonly StoredDeadline[] | null = null;

  constructor(of: AgendaLimits = limits) {
    this.agenda = new Agenda(of);
  }

  set(key: string, dueAtMs: number): void {
    const deadline = due(key, dueAtMs);
    this.stored.set(key, deadline);
    this.agenda.set(deadline);
  }

  clear(key: string): void {
    this.stored.delete(key);
    this.agenda.clear(key);
  }

  /** Asks for the next page if it is wanted, and has it read later. */
  begin(): void {
    if (!this.agenda.isShort) return;
    const { after, limit } = this.agenda.reading();
    const inOrder = [...this.stored.values()].toSorted(
      (a, b) => a.dueAtMs - b.dueAtMs || (a.key < b.key ? -1 : 1),
    );
    const from = inOrder.findIndex(
      ({ key, dueAtMs }) =>
        after === null || dueAtMs > after.dueAtMs || (dueAtMs === after.dueAtMs && key > after.key),
    );
    this.page = from < 0 ? [] : inOrder.slice(from, from + limit);
  }

  finish(): void {
    if (this.page === null) return;
    this.agenda.read(this.page);
    this.page = null;
  }

  /** Takes and settles the next that is due, if it is still so by then. */
  take(nowMs: number): StoredDeadline | undefined {
    const taken = this.agenda.take(nowMs);
    if (taken === undefined) return undefined;
    expect(this.stored.get(taken.key)).toEqual(taken);
    this.clear(taken.key);
    this.agenda.settle(taken);
    return taken;
  }

  /** Everything that is left, page by page. */
  rest(): readonly number[] {
    const taken: number[] = [];
    for (let quiet = 0; quiet < 2; quiet += 1) {
      this.finish();
      this.begin();
      this.finish();
      for (let next = this.take(end); next; next = this.take(end)) {
        taken.push(next.dueAtMs);
        quiet = 0;
        this.begin();
        this.finish();
      }
    }
    return taken;
  }
}

describe('an agenda', () => {
  it('gives a deadline at its very millisecond, and not one sooner', () => {
    const agenda = empty();
    agenda.set(due('a', 100));
    expect(agenda.take(99)).toBeUndefined();
    expect(agenda.isOwing(99)).toBe(false);
    expect(agenda.isOwing(100)).toBe(true);
    const taken = agenda.take(100);
    expect(taken?.key).toBe('a');
    expect(agenda.take(100)).toBeUndefined();
    expect(agenda.isOwing(100)).toBe(true);
    if (taken) agenda.settle(taken);
    expect(agenda.isOwing(100)).toBe(false);
  });

  it('keeps one deadline for each key, the newest, however often it is moved', () => {
    const agenda = empty();
    for (let move = 0; move < 5_000; move += 1) agenda.set(due('a', 10_000 - move));
    agenda.set(due('b', 5_500));
    agenda.set(due('c', 5_600));
    agenda.clear('c');
    expect(agenda.take(20_000)?.dueAtMs).toBe(5_001);
    expect(agenda.take(20_000)?.key).toBe('b');
    expect(agenda.take(20_000)).toBeUndefined();
  });

  it('owes what may be due beyond its horizon, until it has read it', () => {
    const kept = new Kept();
    expect(kept.agenda.isOwing(0)).toBe(true);
    for (let n = 0; n < 20; n += 1) kept.stored.set(`${n}`, due(`${n}`, 100 + n));
    kept.begin();
    kept.finish();
    expect(kept.agenda.isOwing(99)).toBe(false);
    for (let n = 0; n < 4; n += 1) kept.take(103);
    expect(kept.agenda.next()).toBeUndefined();
    expect(kept.agenda.isOwing(103)).toBe(true);
    expect(kept.rest()).toHaveLength(16);
    expect(kept.agenda.isOwing(end)).toBe(false);
  });

  it('leaves the later to the store when there are many, and forgets none', () => {
    const kept = new Kept();
    kept.begin();
    kept.finish();
    for (let n = 0; n < 1_000; n += 1) kept.set(`${n}`, (n * 7_919) % 1_000);
    expect(kept.rest()).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
  });

  it('does not let a page bring back what has changed while it was read', () => {
    const kept = new Kept();
    for (const key of ['a', 'b']) kept.stored.set(key, due(key, 100));
    kept.begin();
    kept.clear('a');
    kept.set('b', 200);
    kept.finish();
    expect(kept.agenda.take(199)).toBeUndefined();
    expect(kept.agenda.take(200)?.key).toBe('b');
    expect(kept.agenda.take(end)).toBeUndefined();
  });

  it('leaves nothing between a page and what it could not hold while that was read', () => {
    const kept = new Kept();
    for (let n = 0; n < 10; n += 1) kept.stored.set(`far ${n}`, due(`far ${n}`, 1_000 + n));
    kept.begin();
    for (let n = 0; n < 9; n += 1) kept.set(`near ${n}`, 500 + n);
    kept.finish();
    expect(kept.rest()).toHaveLength(19);
  });

  it('reads on when all that it holds was set far off while the page was read', () => {
    const kept = new Kept();
    for (let n = 0; n < 12; n += 1) kept.stored.set(`near ${n}`, due(`near ${n}`, 100 + n));
    kept.begin();
    for (let n = 0; n < 7; n += 1) kept.set(`far ${n}`, 90_000 + n);
    kept.finish();
    for (let n = 0; n < 4; n += 1) kept.take(103);
    expect(kept.agenda.isShort).toBe(true);
    expect(kept.rest().slice(0, 8)).toEqual([104, 105, 106, 107, 108, 109, 110, 111]);
  });

  it('tries again after a page that could not be read', () => {
    const kept = new Kept();
    kept.stored.set('a', due('a', 100));
    kept.agenda.reading();
    kept.agenda.read(null);
    expect(kept.agenda.isShort).toBe(true);
    expect(kept.rest()).toEqual([100]);
  });

  it('gives each deadline once and in time, whatever is set, cleared and read when', () => {
    const key = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'.split(''));
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.constant('set'), key, fc.nat({ max: 60 })) },
      { weight: 2, arbitrary: fc.tuple(fc.constant('clear'), key, fc.constant(0)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('begin'), key, fc.constant(0)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('finish'), key, fc.constant(0)) },
      { weight: 2, arbitrary: fc.tuple(fc.constant('take'), key, fc.nat({ max: 60 })) },
    );
    const size = fc.integer({ min: 1, max: 4 });
    const room = fc.nat({ max: 5 });
    fc.assert(
      fc.property(size, room, fc.array(step, { maxLength: 120 }), (pageSize, more, steps) => {
        const kept = new Kept({ pageSize, heldMax: pageSize + more });
        for (const [what, name, ms] of steps) {
          if (what === 'set') kept.set(name, ms);
          if (what === 'clear') kept.clear(name);
          if (what === 'begin') kept.begin();
          if (what === 'finish') kept.finish();
          if (what === 'take') kept.take(ms);
        }
        const left = [...kept.stored.values()].map(({ dueAtMs }) => dueAtMs);
        expect(kept.rest()).toEqual(left.toSorted((a, b) => a - b));
        expect(kept.stored.size).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });
});
