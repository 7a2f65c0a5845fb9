import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Dispatcher, Position } from '#kernel';
import { StoreUnavailable, type EventLog } from '#event-store';
import { LeaseLost } from '#view-store';
import { eventually } from '../spec/eventually.js';
import { guestList, type Enter, type Entered } from '../spec/guest-list.js';
import { follower, type Execute, type RunFollower } from './tools.js';
import { during, greeter, world } from '../spec/world.js';

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

  it('that was taken is noticed at the next renewal, without any event to save', async () => {
    const { followers, runtime, notes } = world();
    const working = runtime([greeter()]);
    const leads = async () => (await working.status())[0]?.leads === true;
    await during(working, async () => {
      await eventually(leads);
      await followers.releaseLease('greeter', 'here');
      await followers.acquireLease('greeter', 'there', 60_000);
      await eventually(() => notes.some(({ kind }) => kind === 'lease-lost'));
      await eventually(async () => !(await leads()));
    });
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
