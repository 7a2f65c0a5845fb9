import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  instant,
  NotYet,
  type CommandContext,
  type Deadlines,
  type Dispatcher,
  type Policy,
  type Position,
} from '#kernel';
import {
  createEventLog,
  createMemoryEventStore,
  createMemoryKeyRing,
  StoreUnavailable,
  type EventLog,
} from '#event-store';
import { LeaseLost, type FollowerStore } from '#view-store';
import { decisionLimits } from '../deciding/limits.js';
import { Decisions } from '../decisions.js';
import { MovableClock } from '../movable-clock.js';
import { eventually } from '../spec/eventually.js';
import {
  contextFor,
  guestCatalogue,
  guestList,
  type Enter,
  type Entered,
  type Guest,
} from '../spec/guest-list.js';
import { MemoryFollowerStore } from '../spec/memory-follower-store.js';
import { SystemChance } from '../system/system-chance.js';
import { SystemClock } from '../system/system-clock.js';
import { SystemTimer } from '../system/system-timer.js';
import { followerLimits, type FollowerLimits } from './limits.js';
import { FollowerRuntime } from './runtime.js';
import { follower, type Execute, type FollowerNote, type RunFollower } from './tools.js';

const limits: FollowerLimits = {
  ...followerLimits,
  leaseMs: 60,
  checkpointMs: 5,
  attempts: 3,
  backoff: { firstMs: 1, maxMs: 4 },
  stopMs: 500,
  forcedStopMs: 100,
};

/** Whoever enters is greeted. The key is the first letter, so that names share keys. */
const greeter = (over: Partial<Policy<Entered, Enter>> = {}): RunFollower =>
  follower({
    kind: 'policy',
    name: 'greeter',
    streams: ['guests-'],
    types: ['NameEntered'],
    whenever: ({ data: { name } }) => [{ key: name.slice(0, 1), item: '', command: { name } }],
    ...over,
  } satisfies Policy<Entered, Enter>);

/** Who entered has to leave at `dueMs`; having left, nothing is due. */
const closingTime: RunFollower = follower({
  kind: 'deadlines',
  name: 'closing-time',
  streams: ['guests-'],
  types: ['NameEntered', 'NameLeft'],
  schedule: ({ type, data }) => [
    type === 'NameEntered'
      ? {
          key: data.name,
          due: { at: instant(data.dueMs), command: { name: data.name, leaves: true } },
        }
      : { key: data.name, due: null },
  ],
} satisfies Deadlines<Guest, Enter>);

type Asked = { readonly command: Enter; readonly context: CommandContext };

const world = () => {
  const store = createMemoryEventStore({ clock: () => 0 });
  const log = createEventLog({
    store,
    keys: createMemoryKeyRing(),
    catalogues: [guestCatalogue],
  });
  const timer = new SystemTimer();
  const chance = new SystemChance();
  const clock = new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs: 1_000 });
  const decisions = new Decisions({
    log,
    clock,
    chance,
    timer,
    versionOf: () => 1,
    limits: decisionLimits,
  });
  const followers = new MemoryFollowerStore(() => timer.monotonicMs());
  const asked: Asked[] = [];
  const notes: FollowerNote[] = [];
  const note: Execute = async (command, context) => {
    asked.push({ command: command as Enter, context });
  };
  const enter = (name: string, dueMs = 0) =>
    decisions.run(guestList, '1', { name, dueMs }, contextFor(name));
  const runtime = (
    run: readonly RunFollower[],
    over: {
      readonly execute?: Execute;
      readonly owner?: string;
      readonly limits?: Partial<FollowerLimits>;
      readonly log?: EventLog;
      readonly store?: FollowerStore;
    } = {},
  ) =>
    new FollowerRuntime(
      {
        log,
        store: followers,
        clock,
        timer,
        chance,
        execute: note,
        notify: (told) => notes.push(told),
        owner: 'here',
        ...over,
        limits: { ...limits, ...over.limits },
      },
      run,
    );
  const names = () => asked.map(({ command }) => command.name);
  return { log, clock, decisions, followers, asked, notes, note, enter, runtime, names };
};

/** Runs `runtime` for as long as `meanwhile` takes. */
const during = async (runtime: FollowerRuntime, meanwhile: () => Promise<void>): Promise<void> => {
  runtime.start();
  await meanwhile().finally(() => runtime.stop());
};

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
    const over = { execute: early, limits: { itemsAside: 5, itemsInFlight: 2 } };
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
});

/** A process that can die: once it has, its calls neither do anything nor come back. */
const mortal = () => {
  let isDead = false;
  const never = new Promise<never>(() => {});
  const die = (): void => {
    isDead = true;
  };
  const living = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...given: readonly unknown[]): unknown =>
          isDead ? never : Reflect.apply(member, target, given);
      },
    });
  return { die, living, isDead: () => isDead, never };
};

describe('a crash', () => {
  it('repeats commands under their ids: every effect is there once, and in order', async () => {
    const guests = fc.uniqueArray(fc.stringMatching(/^[abc][0-9]{1,3}$/), {
      minLength: 1,
      maxLength: 25,
    });
    const crashes = fc.array(fc.record({ after: fc.nat(8), decided: fc.boolean() }), {
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(guests, crashes, async (names, deaths) => {
        const { runtime, decisions, enter, followers } = world();
        const copying = greeter({ streams: ['guests-1'] });
        const copy: Execute = async (command, context) => {
          await decisions.run(guestList, 'copy', command as Enter, context);
        };
        for (const name of names) await enter(name);
        for (const [life, { after, decided }] of deaths.entries()) {
          const { die, living, isDead, never } = mortal();
          let left = after;
          const execute: Execute = async (command, context) => {
            if (isDead()) return never;
            if (left > 0) {
              left -= 1;
              return copy(command, context);
            }
            // The last command may be decided, but the process never hears of it.
            die();
            if (decided) await copy(command, context);
            return never;
          };
          const owner = `life-${life}`;
          const doomed = runtime([copying], { execute, owner, store: living(followers) });
          doomed.start();
          await Promise.race([eventually(isDead), doomed.caughtUp()]);
          die();
        }
        const survivor = runtime([copying], { execute: copy, owner: 'survivor' });
        await during(survivor, () => survivor.caughtUp());
        const { state } = await decisions.load(guestList, 'copy', { fresh: true });
        for (const key of ['a', 'b', 'c'])
          expect(state.names.filter((name) => name.startsWith(key))).toEqual(
            names.filter((name) => name.startsWith(key)),
          );
        expect(await followers.parked({ limit: 1 })).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('a lease', () => {
  it('lets one process lead, and another take over when it is not renewed', async () => {
    const { followers, runtime, enter, names } = world();
    expect(await followers.acquireLease('greeter', 'gone', 60)).not.toBeNull();
    await enter('ann');
    const working = runtime([greeter()]);
    await during(working, async () => {
      expect(names()).toEqual([]);
      await working.caughtUp();
    });
    expect(names()).toEqual(['ann']);
  });

  it('that was taken stops the old holder, whose checkpoint is refused', async () => {
    const { followers, runtime, enter, notes, names, log } = world();
    const working = runtime([greeter()]);
    await during(working, async () => {
      await enter('ann');
      await working.caughtUp();
      await eventually(async () => (await followers.checkpoint('greeter')) !== null);
      const taken = await followers.checkpoint('greeter');
      // The other one comes after the lease has run out, as after a long pause of this process.
      await followers.releaseLease('greeter', 'here');
      expect(await followers.acquireLease('greeter', 'there', 80)).not.toBeNull();
      await expect(followers.saveCheckpoint('greeter', taken as Position, 1)).rejects.toThrow(
        LeaseLost,
      );
      await enter('bob');
      await eventually(() => notes.some(({ kind }) => kind === 'lease-lost'));
      expect(await followers.checkpoint('greeter')).toBe(taken);
      // And once it is free again, the old holder leads in a new epoch and does what is left.
      await working.caughtUp();
    });
    expect(names().at(-1)).toBe('bob');
    expect(await followers.checkpoint('greeter')).toBe(await log.head());
  });

  it('is let go by a stop, so that the next process need not wait', async () => {
    const { runtime, followers } = world();
    const working = runtime([greeter()]);
    await during(working, () =>
      eventually(async () => (await working.status())[0]?.leads === true),
    );
    expect(await followers.acquireLease('greeter', 'there', 1_000)).not.toBeNull();
  });
});

describe('a subscription that fails', () => {
  it('is opened again where it stood', async () => {
    const { runtime, enter, names, log, notes } = world();
    let failures = 3;
    const shaky: EventLog = {
      ...log,
      async *subscribe(options) {
        for await (const told of log.subscribe(options)) {
          yield told;
          if ((failures -= 1) >= 0) throw new StoreUnavailable('gone');
        }
      },
    };
    for (const name of ['a1', 'a2', 'a3', 'a4']) await enter(name);
    const working = runtime([greeter()], { log: shaky });
    await during(working, () => working.caughtUp());
    expect(names()).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(notes.filter(({ kind }) => kind === 'reading-failed')).toHaveLength(3);
  });
});

describe('a dispatcher', () => {
  it('is called once for each fact, and told to give up by a stop that cannot wait', async () => {
    const { runtime, enter, followers } = world();
    const reasons: unknown[] = [];
    const calls: string[] = [];
    const caller: RunFollower = follower({
      kind: 'dispatcher',
      name: 'caller',
      streams: ['guests-'],
      types: ['NameEntered'],
      key: ({ data }) => data.name,
      dispatch: async ({ data }, signal) => {
        calls.push(data.name);
        if (data.name === 'ann') return;
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(void reasons.push(signal.reason))),
        );
      },
    } satisfies Dispatcher<Entered>);
    for (const name of ['ann', 'bob']) await enter(name);
    const working = runtime([caller], { limits: { stopMs: 20 } });
    working.start();
    await eventually(() => calls.length === 2);
    await working.stop();
    expect(reasons).toHaveLength(1);
    expect(calls).toEqual(['ann', 'bob']);
    expect(await followers.checkpoint('caller')).not.toBeNull();
  });
});

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
    expect(await followers.deadlines('closing-time')).toHaveLength(2);
    clock.moveTo(5_000);
    await decisions.run(guestList, '1', { name: 'ann', leaves: true }, contextFor('l'));
    const second = runtime([closingTime]);
    await during(second, () => second.settled());
    expect(names()).toEqual(['bob']);
    expect(await followers.deadlines('closing-time')).toEqual([]);
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
    expect(await followers.deadlines('closing-time')).toEqual([]);
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
