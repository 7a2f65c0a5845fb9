import { describe, expect, it } from '@jest/globals';
import { NotYet, parkNow } from '#kernel';
import { positionAt } from '#kernel/spec';
import type { FollowerRequest } from '#view-store';
import { eventually } from '../spec/eventually.js';
import { contextFor, guestList, type Enter, type Entered } from '../spec/guest-list.js';
import { closingTime, during, greeter, world } from '../spec/world.js';
import { eventAt } from './event-at.js';
import type { Execute } from './tools.js';

type World = ReturnType<typeof world>;

const asking = (
  { followers }: World,
  kind: FollowerRequest['kind'],
  over: Partial<FollowerRequest>,
): void => {
  const about = { key: '', eventId: '', item: '', stream: '', position: positionAt(0) };
  followers.ask({ follower: 'greeter', kind, ...about, ...over });
};

const parkedNames = async ({ followers }: World): Promise<readonly string[]> =>
  (await followers.parked({ limit: 99 })).map(({ key, reason }) => `${key}: ${reason}`);

const finished = ({ followers }: World): Promise<void> =>
  eventually(async () => (await followers.requests('greeter', 9)).length === 0);

/** Commands for these names fail until `mend` is called. */
const failing = (note: Execute, ...names: readonly string[]) => {
  let broken: readonly string[] = names;
  const execute: Execute = async (command, context) => {
    if (broken.includes((command as Enter).name)) throw new Error('broken');
    await note(command, context);
  };
  return { execute, mend: (...left: readonly string[]) => (broken = left) };
};

describe('a key that an operator wants worked again', () => {
  it('is worked from its first item on, in order, and free for what comes then', async () => {
    const here = world();
    const { execute, mend } = failing(here.note, 'a1');
    const working = here.runtime([greeter()], { execute });
    await during(working, async () => {
      for (const name of ['a1', 'a2', 'b1', 'a3']) await here.enter(name);
      await working.caughtUp();
      expect(here.names()).toEqual(['b1']);
      mend();
      asking(here, 'retry-key', { key: 'a' });
      asking(here, 'retry-key', { key: 'a' });
      await finished(here);
      await here.enter('a4');
      await working.caughtUp();
    });
    expect(here.names()).toEqual(['b1', 'a1', 'a2', 'a3', 'a4']);
    expect(await here.followers.parked({ limit: 9 })).toEqual([]);
    const ids = here.asked.map(({ context }) => context.commandId);
    expect(new Set(ids).size).toBe(5);
  });

  it('stops at what fails again, which then tells why and how often, since the first time', async () => {
    const here = world();
    const { execute, mend } = failing(here.note, 'a1', 'a2');
    const working = here.runtime([greeter()], { execute });
    await during(working, async () => {
      for (const name of ['a1', 'a2', 'a3']) await here.enter(name);
      await working.caughtUp();
      here.clock.advance(5_000);
      mend('a2');
      asking(here, 'retry-key', { key: 'a' });
      await finished(here);
      mend('a1', 'a2');
      asking(here, 'retry-key', { key: 'a' });
      await finished(here);
    });
    expect(here.names()).toEqual(['a1']);
    expect(await here.followers.parked({ limit: 9 })).toMatchObject([
      { reason: 'Error: broken', attempts: 6, parkedAtMs: 1_000, blocking: true },
      { reason: 'stands behind a parked item of its key', attempts: 0 },
    ]);
  });

  it('keeps the order of one event, whatever its items are called', async () => {
    const here = world();
    const { execute, mend } = failing(here.note, 'a-first');
    const many = greeter({
      whenever: () => [
        { key: 'a', item: 'z', command: { name: 'a-first' } },
        { key: 'a', item: 'm', command: { name: 'a-second' } },
        { key: 'a', item: 'b', command: { name: 'a-third' } },
      ],
    });
    const working = here.runtime([many], { execute });
    await during(working, async () => {
      await here.enter('any');
      await working.caughtUp();
      mend();
      asking(here, 'retry-key', { key: 'a' });
      await finished(here);
    });
    expect(here.names()).toEqual(['a-first', 'a-second', 'a-third']);
  });

  it('is taken up at the start when it was asked while nothing ran', async () => {
    const here = world();
    const { execute, mend } = failing(here.note, 'a1');
    for (const name of ['a1', 'a2']) await here.enter(name);
    const first = here.runtime([greeter()], { execute });
    await during(first, () => first.caughtUp());
    asking(here, 'retry-key', { key: 'a' });
    mend();
    await during(here.runtime([greeter()], { execute }), () => finished(here));
    expect(here.names()).toEqual(['a1', 'a2']);
  });

  it('is worked on after a crash in the middle, the rest of it too', async () => {
    const here = world();
    const { execute, mend } = failing(here.note, 'a1');
    for (const name of ['a1', 'a2', 'a3']) await here.enter(name);
    const first = here.runtime([greeter()], { execute });
    await during(first, () => first.caughtUp());
    mend();
    asking(here, 'retry-key', { key: 'a' });
    let calls = 0;
    const dying: Execute = async (command, context) => {
      if ((calls += 1) > 1) return new Promise<never>(() => {});
      return here.note(command, context);
    };
    const limits = { stopMs: 1, forcedStopMs: 1 };
    await during(here.runtime([greeter()], { execute: dying, limits }), () =>
      eventually(() => calls === 2),
    );
    expect(await here.followers.requests('greeter', 9)).toHaveLength(1);
    await during(here.runtime([greeter()], { execute }), () => finished(here));
    expect(here.names()).toEqual(['a1', 'a2', 'a3']);
    expect(await here.followers.parked({ limit: 9 })).toEqual([]);
  });

  it('of which an event is no longer kept says so, and is not worked past it', async () => {
    const here = world();
    const { execute, mend } = failing(here.note, 'a1');
    const working = here.runtime([greeter()], { execute });
    await during(working, async () => {
      for (const name of ['a1', 'a2']) await here.enter(name);
      await working.caughtUp();
      mend();
      await here.log.setStreamMetadata('guests-1', { truncateBefore: 1n });
      asking(here, 'retry-key', { key: 'a' });
      await finished(here);
    });
    expect(here.names()).toEqual([]);
    expect(await parkedNames(here)).toEqual([
      'a: its event is no longer kept',
      'a: stands behind a parked item of its key',
    ]);
  });
});

describe('an event that a follower could not understand at all', () => {
  it('is understood again by a mended follower, and so is what stood behind it', async () => {
    const here = world();
    let isBroken = true;
    const whenever = ({ data: { name } }: Entered) => {
      if (isBroken && name === 'bob') throw new Error('a defect');
      return [
        { key: name, item: 'one', command: { name } },
        { key: name, item: 'two', command: { name: `${name}!` } },
      ];
    };
    const working = here.runtime([greeter({ whenever })]);
    await during(working, async () => {
      for (const name of ['bob', 'cid']) await here.enter(name);
      await working.caughtUp();
      expect(here.names()).toEqual([]);
      isBroken = false;
      asking(here, 'retry-key', { key: 'guests-1' });
      await finished(here);
      await here.enter('dan');
      await working.caughtUp();
    });
    expect(here.names()).toEqual(['bob', 'bob!', 'cid', 'cid!', 'dan', 'dan!']);
    expect(await here.followers.parked({ limit: 9 })).toEqual([]);
  });
});

describe('an item that is in nobody’s way', () => {
  const unreadableUntil = (isMended: () => boolean) =>
    greeter({
      whenever: ({ data: { name } }) =>
        name === 'a1' && !isMended()
          ? [{ key: 'own', item: 'x', unreadable: 'no such name' }]
          : [{ key: 'a', item: 'x', command: { name } }],
    });

  it('is worked once a mended follower can read it, and not twice', async () => {
    const here = world();
    let isMended = false;
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const execute: Execute = async (command, context) => {
      await gate;
      await here.note(command, context);
    };
    const working = here.runtime([unreadableUntil(() => isMended)], { execute });
    await during(working, async () => {
      await here.enter('a1');
      await working.caughtUp();
      const [parked] = await here.followers.parked({ limit: 9 });
      asking(here, 'retry-item', parked ?? {});
      await finished(here);
      expect(await here.followers.parked({ limit: 9 })).toMatchObject([
        { reason: 'no such name', attempts: 1, blocking: false },
      ]);
      isMended = true;
      asking(here, 'retry-item', parked ?? {});
      asking(here, 'retry-item', parked ?? {});
      await eventually(async () => (await working.status())[0]?.inFlight === 2);
      open();
      await finished(here);
    });
    expect(here.names()).toEqual(['a1']);
    expect(await here.followers.parked({ limit: 9 })).toEqual([]);
  });

  it('is parked again at once, not set aside, when what it waits for is still missing', async () => {
    const here = world();
    let giveUpAfterMs = 0;
    const execute: Execute = async () => {
      throw new NotYet('not known', 1_000, giveUpAfterMs);
    };
    const working = here.runtime([greeter()], { execute });
    await during(working, async () => {
      await here.enter('a1');
      await working.caughtUp();
      giveUpAfterMs = 60_000;
      const [parked] = await here.followers.parked({ limit: 9 });
      asking(here, 'retry-item', parked ?? {});
      await finished(here);
    });
    expect(await here.followers.parked({ limit: 9 })).toMatchObject([
      { reason: 'not known', attempts: 2, blocking: false },
    ]);
  });

  it('S6: that is the rest beyond the bound of one event is worked whole', async () => {
    const here = world();
    const many = greeter({
      whenever: () =>
        Array.from({ length: 7 }, (_, at) => ({
          key: `k${at % 2}`,
          item: `${at}`,
          command: { name: `n${at}` },
        })),
    });
    const working = here.runtime([many], { limits: { itemsPerEvent: 4 } });
    await during(working, async () => {
      await here.enter('any');
      await working.caughtUp();
      expect(here.names()).toHaveLength(4);
      const [rest] = await here.followers.parked({ limit: 9 });
      expect(rest).toMatchObject({
        reason: 'more than 4 items: 3 were not worked',
        blocking: false,
      });
      asking(here, 'retry-item', rest ?? {});
      await finished(here);
    });
    expect(new Set(here.names()).size).toBe(7);
    const odd = here.names().filter((name) => ['n1', 'n3', 'n5'].includes(name));
    expect(odd.slice(-3)).toEqual(['n1', 'n3', 'n5']);
    expect(await here.followers.parked({ limit: 9 })).toEqual([]);
  });
});

describe('an item that an operator skips', () => {
  it('is never worked again, and what waited behind it goes on', async () => {
    const here = world();
    const { execute, mend } = failing(here.note, 'a1');
    const first = here.runtime([greeter()], { execute });
    await during(first, async () => {
      for (const name of ['a1', 'a2']) await here.enter(name);
      await first.caughtUp();
      const [parked] = await here.followers.parked({ limit: 9 });
      asking(here, 'skip', parked ?? {});
      asking(here, 'skip', parked ?? {});
      await finished(here);
      await here.enter('a3');
      await first.caughtUp();
    });
    expect(here.names()).toEqual(['a2', 'a3']);
    mend();
    const [event] = await newest(here);
    if (event) asking(here, 'replay', event);
    await during(here.runtime([greeter()], { execute }), () => finished(here));
    expect(here.names()).toEqual(['a2', 'a3']);
  });

  it('is not met again when the process dies before its checkpoint', async () => {
    const here = world();
    const { execute, mend } = failing(here.note, 'a1');
    const first = here.runtime([greeter()], { execute });
    await during(first, async () => {
      for (const name of ['a1', 'a2']) await here.enter(name);
      await first.caughtUp();
      const [parked] = await here.followers.parked({ limit: 9 });
      asking(here, 'skip', parked ?? {});
      await finished(here);
    });
    mend();
    const forgetful = new Proxy(here.followers, {
      get: (store, name) => {
        if (name === 'checkpoint') return async () => null;
        const member: unknown = Reflect.get(store, name);
        return typeof member === 'function' ? member.bind(store) : member;
      },
    });
    const second = here.runtime([greeter()], { execute, store: forgetful });
    await during(second, () => second.caughtUp());
    expect(here.names()).toEqual(['a2', 'a2']);
  });
});

const newest = async ({ log }: World) => {
  const found = [];
  for await (const { id, stream, position } of log.readAll({ direction: 'forwards' }))
    found.push({ eventId: id as string, stream, position });
  return found;
};

describe('an event that is to be read again', () => {
  it('is asked for again under the same ids, and what still cannot be is parked', async () => {
    const here = world();
    const execute: Execute = async (command, context) => {
      if ((command as Enter).name === 'b1') throw parkNow('whose it is is not known');
      await here.note(command, context);
    };
    const working = here.runtime([greeter()], { execute });
    await during(working, async () => {
      for (const name of ['a1', 'b1']) await here.enter(name);
      await working.caughtUp();
      for (const event of await newest(here)) asking(here, 'replay', event);
      await finished(here);
    });
    expect(here.names()).toEqual(['a1', 'a1']);
    const [first, second] = here.asked;
    expect(second?.context.commandId).toBe(first?.context.commandId);
    expect(await parkedNames(here)).toEqual(['b: whose it is is not known']);
  });
});

describe('a deadline whose decision was parked', () => {
  it('is decided again, and an event that was not understood is scheduled', async () => {
    const here = world();
    const { execute, mend } = failing(here.note, 'ann');
    const about = { follower: 'closing-time' };
    const working = here.runtime([closingTime], { execute });
    await during(working, async () => {
      await here.enter('ann', 5_000);
      here.clock.moveTo(5_000);
      await working.settled();
      mend();
      asking(here, 'retry-key', { ...about, key: 'ann' });
      await eventually(() => here.names().length === 1);
    });
    expect(here.names()).toEqual(['ann']);
    expect(await here.followers.parked({ limit: 9 })).toEqual([]);
  });

  it('that nobody could schedule is scheduled, unless a later fact has cleared it', async () => {
    const here = world();
    let isBroken = true;
    const picky = {
      ...closingTime,
      schedule: (recorded: never) => {
        const { type } = recorded as { readonly type: string };
        if (isBroken && type === 'NameEntered') throw new Error('a defect');
        return closingTime.kind === 'deadlines' ? closingTime.schedule(recorded) : [];
      },
    } as typeof closingTime;
    const working = here.runtime([picky]);
    await during(working, async () => {
      for (const name of ['ann', 'bob']) await here.enter(name, 5_000);
      const leaves = { name: 'ann', leaves: true };
      await here.decisions.run(guestList, '1', leaves, contextFor('leaves'));
      await working.caughtUp();
      isBroken = false;
      asking(here, 'retry-key', { follower: 'closing-time', key: 'guests-1' });
      await eventually(async () => (await here.followers.parked({ limit: 9 })).length === 0);
      here.clock.moveTo(5_000);
      await working.settled();
    });
    expect(here.names()).toEqual(['bob']);
  });
});

describe('the event at a position', () => {
  it('is found wherever it stands on its stream, and is null when it does not', async () => {
    const here = world();
    for (let guest = 0; guest < 20; guest += 1) {
      await here.enter(`g${guest}`);
      await here.decisions.run(guestList, '2', { name: `h${guest}` }, contextFor(`h${guest}`));
    }
    const all = await newest(here);
    for (const { eventId, stream, position } of all) {
      expect((await eventAt(here.log, stream, position))?.id).toBe(eventId);
      const other = stream === 'guests-1' ? 'guests-2' : 'guests-1';
      expect(await eventAt(here.log, other, position)).toBeNull();
    }
    await here.log.setStreamMetadata('guests-1', { truncateBefore: 15n });
    const ofFirst = all.filter(({ stream }) => stream === 'guests-1');
    for (const [revision, { position }] of ofFirst.entries())
      expect((await eventAt(here.log, 'guests-1', position)) !== null).toBe(revision >= 15);
  });
});
