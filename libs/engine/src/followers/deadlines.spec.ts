import { describe, expect, it } from '@jest/globals';
import { instant } from '#kernel';
import { eventually } from '../spec/eventually.js';
import { contextFor, guestList, type Enter } from '../spec/guest-list.js';
import type { Execute } from './tools.js';
import { closingTime, during, world } from '../spec/world.js';

const page = { after: null, limit: 100 };

describe('a deadline', () => {
  it('is decided at its very millisecond, and not one sooner', async () => {
    const { runtime, enter, asked, clock, names } = world();
    const working = runtime([closingTime]);
    await enter('ann', 5_000);
    await during(working, async () => {
      clock.moveTo(4_999);
      await working.settled();
      expect(names()).toEqual([]);
      clock.moveTo(5_000);
      await working.settled();
      expect(names()).toEqual(['ann']);
    });
    expect(asked[0]?.context).toMatchObject({
      at: instant(5_000),
      organisationId: 'acme',
      correlationId: 'correlation-ann',
      actor: { kind: 'system', id: 'closing-time' },
    });
  });

  it('wakes by itself when the clock reaches it, the earliest first', async () => {
    const { runtime, enter, clock, names } = world();
    const working = runtime([closingTime], { limits: { keysAtOnce: 1 } });
    await during(working, async () => {
      await enter('bob', 6_000);
      await enter('ann', 5_000);
      await working.caughtUp();
      clock.advance(10_000);
      await eventually(() => names().length === 2);
    });
    expect(names()).toEqual(['ann', 'bob']);
  });

  it('that a fact has cleared or moved is not decided at the old instant', async () => {
    const { runtime, enter, decisions, clock, names } = world();
    const working = runtime([closingTime]);
    await during(working, async () => {
      for (const name of ['ann', 'bob']) await enter(name, 5_000);
      await decisions.run(guestList, '1', { name: 'ann', leaves: true }, contextFor('l'));
      await decisions.run(guestList, '2', { name: 'bob', dueMs: 7_000 }, contextFor('b2'));
      await working.caughtUp();
      clock.moveTo(6_999);
      await working.settled();
      expect(names()).toEqual([]);
      clock.moveTo(7_000);
      await working.settled();
    });
    expect(names()).toEqual(['bob']);
  });

  it('outlives a restart, and is not decided when a fact meanwhile has cleared it', async () => {
    const { runtime, enter, decisions, clock, names, followers } = world();
    const first = runtime([closingTime]);
    await during(first, async () => {
      for (const name of ['ann', 'bob']) await enter(name, 5_000);
      await first.caughtUp();
    });
    expect(await followers.deadlines('closing-time', page)).toHaveLength(2);
    clock.moveTo(5_000);
    await decisions.run(guestList, '1', { name: 'ann', leaves: true }, contextFor('l'));
    const second = runtime([closingTime]);
    await during(second, () => second.settled());
    expect(names()).toEqual(['bob']);
    expect(await followers.deadlines('closing-time', page)).toEqual([]);
  });

  it('whose command keeps failing is parked, and the others are decided', async () => {
    const { runtime, enter, clock, names, note, followers } = world();
    const execute: Execute = async (command, context) => {
      if ((command as Enter).name === 'ann') throw new Error('broken');
      await note(command, context);
    };
    for (const name of ['ann', 'bob']) await enter(name, 5_000);
    clock.moveTo(5_000);
    const working = runtime([closingTime], { execute });
    await during(working, () => working.settled());
    expect(names()).toEqual(['bob']);
    expect(await followers.parked({ limit: 10 })).toMatchObject([
      { key: 'ann', type: 'NameEntered', stream: 'guests-1', blocking: true },
    ]);
    expect(await followers.deadlines('closing-time', page)).toEqual([]);
  });

  it('by the thousand is settled with bounded items in flight', async () => {
    const { runtime, decisions, clock, names } = world();
    await decisions.run(
      guestList,
      '1',
      { name: 'n', count: 1_000, dueMs: 5_000 },
      contextFor('many'),
    );
    clock.moveTo(5_000);
    const working = runtime([closingTime], { limits: { itemsInFlight: 20 } });
    await during(working, () => working.settled());
    expect(new Set(names()).size).toBe(1_000);
  });
});
