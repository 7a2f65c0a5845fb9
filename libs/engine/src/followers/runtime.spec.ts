import { describe, expect, it } from '@jest/globals';
import { instant, NotYet } from '#kernel';
import { StoreUnavailable } from '#event-store';
import { eventually } from '../spec/eventually.js';
import { contextFor, type Enter } from '../spec/guest-list.js';
import type { Execute } from './tools.js';
import { during, greeter, world } from '../spec/world.js';

describe('a policy at work', () => {
  it('asks on its own authority, on account of the event, with an id that repeats', async () => {
    const { runtime, enter, asked, log } = world();
    await enter('ann');
    const working = runtime([greeter()]);
    await during(working, () => working.caughtUp());
    const events = [];
    for await (const event of log.readAll({ direction: 'forwards' })) events.push(event);
    expect(asked).toEqual([
      {
        command: { name: 'ann' },
        context: {
          ...contextFor('ann'),
          commandId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          causationId: events[0]?.id,
          actor: { kind: 'system', id: 'greeter' },
          at: instant(1_000),
        },
      },
    ]);
  });

  it('goes on from its checkpoint, live and after a stop', async () => {
    const { runtime, enter, names } = world();
    await enter('ann');
    const first = runtime([greeter()]);
    await during(first, async () => {
      await first.caughtUp();
      await enter('bob');
      await first.caughtUp();
    });
    await enter('cid');
    const second = runtime([greeter()]);
    await during(second, () => second.caughtUp());
    expect(names()).toEqual(['ann', 'bob', 'cid']);
  });

  it('passes what it does not handle, so that its checkpoint follows the log', async () => {
    const { runtime, enter, followers, log } = world();
    await enter('ann');
    const working = runtime([greeter({ types: [] })]);
    await during(working, () => working.caughtUp());
    expect(await followers.checkpoint('greeter')).toBe(await log.head());
  });

  it('parks what it could not read, and nothing waits behind it', async () => {
    const { runtime, enter, names, followers } = world();
    const working = runtime([
      greeter({
        whenever: ({ data: { name } }) => [
          name === 'a1'
            ? { key: 'a', item: '', unreadable: 'no such name' }
            : { key: 'a', item: '', command: { name } },
        ],
      }),
    ]);
    for (const name of ['a1', 'a2']) await enter(name);
    await during(working, () => working.caughtUp());
    expect(names()).toEqual(['a2']);
    const [parked] = await followers.parked({ limit: 10 });
    expect(parked).toMatchObject({ reason: 'no such name', blocking: false, key: 'a' });
  });

  it('that throws itself holds the stream of the event, also for what follows', async () => {
    const { runtime, enter, names, followers } = world();
    const working = runtime([
      greeter({
        whenever: ({ data: { name } }) => {
          if (name === 'bob') throw new Error('a defect');
          return [{ key: name, item: '', command: { name } }];
        },
      }),
    ]);
    for (const name of ['ann', 'bob', 'cid']) await enter(name);
    await during(working, () => working.caughtUp());
    expect(names()).toEqual(['ann']);
    expect(await followers.blockedKeys('greeter')).toEqual(['guests-1']);
    expect(await followers.parked({ limit: 10 })).toHaveLength(2);
  });
});

describe('an item that fails', () => {
  it('P17: is tried some times, then parks its key and nothing else, and is remembered', async () => {
    const { runtime, enter, names, note, followers, log } = world();
    let tries = 0;
    const execute: Execute = async (command, context) => {
      if ((command as Enter).name === 'a1') throw new Error(`try ${(tries += 1)}`);
      await note(command, context);
    };
    for (const name of ['a1', 'b1', 'a2', 'b2']) await enter(name);
    const working = runtime([greeter()], { execute });
    await during(working, () => working.caughtUp());
    expect(tries).toBe(3);
    expect(names()).toEqual(['b1', 'b2']);
    expect(await followers.parked({ limit: 10 })).toMatchObject([
      { key: 'a', attempts: 3, blocking: true, reason: 'Error: try 3', type: 'NameEntered' },
      { key: 'a', attempts: 0, blocking: true },
    ]);
    expect(await followers.checkpoint('greeter')).toBe(await log.head());
    const next = runtime([greeter()]);
    await during(next, async () => {
      for (const name of ['a3', 'b3']) await enter(name);
      await next.caughtUp();
      expect(await next.status()).toMatchObject([{ follower: 'greeter', leads: true, parked: 3 }]);
    });
    expect(names()).toEqual(['b1', 'b2', 'b3']);
  });

  it('lets its key go on once an operator has taken away what blocked it', async () => {
    const { runtime, enter, names, note, followers } = world();
    let isBroken = true;
    const execute: Execute = async (command, context) => {
      if (isBroken) throw new Error('broken');
      await note(command, context);
    };
    const working = runtime([greeter()], { execute });
    await during(working, async () => {
      await enter('a1');
      await working.caughtUp();
      isBroken = false;
      for (const { eventId, item } of await followers.parked({ limit: 10 }))
        await followers.unpark('greeter', eventId, item);
      await enter('a2');
      await working.caughtUp();
    });
    expect(names()).toEqual(['a2']);
  });

  it('for want of the log is tried until it works, and never parked', async () => {
    const { runtime, enter, names, note, followers } = world();
    let tries = 0;
    const execute: Execute = async (command, context) => {
      if ((tries += 1) <= 10) throw new StoreUnavailable('away');
      await note(command, context);
    };
    await enter('ann');
    const working = runtime([greeter()], { execute });
    await during(working, () => working.caughtUp());
    expect(names()).toEqual(['ann']);
    expect(await followers.parked({ limit: 10 })).toEqual([]);
  });
});

describe('an item that comes too early', () => {
  const waitingFor = (isThere: () => boolean, note: Execute, giveUpAfterMs: number): Execute => {
    return async (command, context) => {
      if ((command as Enter).name === 'a1' && !isThere())
        throw new NotYet('the message is not known', 2, giveUpAfterMs);
      await note(command, context);
    };
  };

  it('waits aside, holds neither its key nor others, but the checkpoint', async () => {
    const { runtime, enter, names, note, followers, log } = world();
    let isThere = false;
    for (const name of ['a1', 'a2', 'b1']) await enter(name);
    const working = runtime([greeter()], { execute: waitingFor(() => isThere, note, 60_000) });
    await during(working, async () => {
      await eventually(() => names().length === 2);
      await eventually(async () => (await working.status())[0]?.waitingAside === 1);
      expect(names()).toEqual(['a2', 'b1']);
      expect(await followers.checkpoint('greeter')).toBeNull();
      isThere = true;
      await working.caughtUp();
    });
    expect(names()).toEqual(['a2', 'b1', 'a1']);
    expect(await followers.checkpoint('greeter')).toBe(await log.head());
  });

  it('is parked in the end, with what it waited for, and blocks nothing', async () => {
    const { runtime, enter, names, note, followers } = world();
    await enter('a1');
    const working = runtime([greeter()], { execute: waitingFor(() => false, note, 20) });
    await during(working, async () => {
      await working.caughtUp();
      await enter('a2');
      await working.caughtUp();
    });
    expect(names()).toEqual(['a2']);
    expect(await followers.parked({ limit: 10 })).toMatchObject([
      { key: 'a', blocking: false, reason: 'the message is not known' },
    ]);
  });

  it('makes the reader wait when too many do', async () => {
    const { runtime, enter, note } = world();
    let isThere = false;
    const early: Execute = async (command, context) => {
      if (!isThere) throw new NotYet('early', 5, 60_000);
      await note(command, context);
    };
    for (let guest = 0; guest < 30; guest += 1) await enter(`guest-${guest}`);
    const limits = { itemsAside: 5, itemsAsidePatiently: 7, itemsInFlight: 2 };
    const over = { execute: early, limits };
    const working = runtime([greeter()], over);
    let aside = 0;
    await during(working, async () => {
      await eventually(async () => ((await working.status())[0]?.waitingAside ?? 0) >= 5);
      aside = (await working.status())[0]?.waitingAside ?? 0;
      isThere = true;
      await working.caughtUp();
    });
    expect(aside).toBeLessThanOrEqual(5 + 2);
  });

  it('F24: waits once and no longer while many others do, so that the reader gets on', async () => {
    const { runtime, enter, names, note, followers } = world();
    const execute: Execute = async (command, context) => {
      if ((command as Enter).name.startsWith('guest')) throw new NotYet('early', 5, 600_000);
      await note(command, context);
    };
    for (let guest = 0; guest < 30; guest += 1) await enter(`guest-${guest}`);
    await enter('ann');
    const limits = { itemsAside: 5, itemsAsidePatiently: 3, itemsInFlight: 2 };
    const working = runtime([greeter()], { execute, limits });
    await during(working, async () => {
      await eventually(() => names().includes('ann'));
      await eventually(async () => (await working.status())[0]?.waitingAside === 3);
    });
    const parked = await followers.parked({ limit: 100 });
    expect(parked).toHaveLength(27);
    for (const item of parked) expect(item).toMatchObject({ reason: 'early', blocking: false });
  });
});
