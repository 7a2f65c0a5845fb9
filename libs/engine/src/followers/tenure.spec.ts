import { describe, expect, it } from '@jest/globals';
import { partName } from '#view-store';
import { eventually } from '../spec/eventually.js';
import { guestList, type Enter } from '../spec/guest-list.js';
import { LateTimer } from '../spec/late-timer.js';
import { MemoryFollowerStore } from '../spec/memory-follower-store.js';
import { during, greeter, world } from '../spec/world.js';
import { SystemTimer } from '../system/system-timer.js';
import { preferred } from './fair-share.js';
import type { FollowerLimits } from './limits.js';
import type { Execute } from './tools.js';

/** So long that no timer fires within a spec. */
const leaseMs = 60_000;

/** A process that can be stopped, another that cannot, and who of them did what. */
const stoppable = () => {
  const here = world();
  const timer = new LateTimer(new SystemTimer());
  const store = new MemoryFollowerStore(() => timer.monotonicMs());
  const done: string[] = [];
  const by = (
    owner: string,
    around: (work: () => Promise<void>) => Promise<void>,
    limits: Partial<FollowerLimits> = {},
  ) => {
    const execute: Execute = (command, context) =>
      around(async () => {
        const { name } = command as Enter;
        await here.decisions.run(guestList, 'copy', { name }, context);
        done.push(`${name} by ${owner}`);
      });
    const ofOwner = owner === 'stopped' ? { timer } : {};
    const over = { owner, execute, store, limits: { leaseMs, ...limits }, ...ofOwner };
    return here.runtime([greeter({ streams: ['guests-1'] })], over);
  };
  const leads = async (runtime: ReturnType<typeof by>) =>
    (await runtime.status())[0]?.leads === true;
  return { ...here, timer, store, done, by, leads };
};

describe('a process that was stopped for twice its lease', () => {
  it('begins nothing that another does since, before any timer has told it', async () => {
    const { by, enter, timer, done, notes, leads, store, log } = stoppable();
    const [stopped, other] = [by('stopped', (work) => work()), by('other', (work) => work())];
    stopped.start();
    await enter('a1');
    await stopped.caughtUp();
    await eventually(async () => (await store.checkpoint('greeter')) === (await log.head()));
    timer.stopFor(2 * leaseMs);
    await during(other, async () => {
      await eventually(() => leads(other));
      for (const name of ['a2', 'b2', 'c2']) await enter(name);
      await other.caughtUp();
      await eventually(() => notes.some(({ kind }) => kind === 'lease-lost'));
      expect(await leads(stopped)).toBe(false);
      await stopped.stop();
      await eventually(async () => (await store.checkpoint('greeter')) === (await log.head()));
    });
    const since = ['a2', 'b2', 'c2'].map((name) => `${name} by other`);
    expect(done.toSorted()).toEqual(['a1 by stopped', ...since]);
  });

  it('goes on where it was when nobody has led meanwhile', async () => {
    const { by, enter, timer, done, notes } = stoppable();
    const stopped = by('stopped', (work) => work());
    await during(stopped, async () => {
      await enter('a1');
      await stopped.caughtUp();
      timer.stopFor(2 * leaseMs);
      await enter('a2');
      await stopped.caughtUp();
    });
    expect(done).toEqual(['a1 by stopped', 'a2 by stopped']);
    expect(notes).toEqual([]);
  });

  it('has no second effect with the command that it had begun', async () => {
    const { by, enter, timer, done, decisions, leads, notes } = stoppable();
    let goOn: () => void = () => {};
    const isStopped = new Promise<void>((resolve) => (goOn = resolve));
    let hasBegun = false;
    const stopped = by('stopped', async (work) => {
      hasBegun = true;
      await isStopped;
      await work();
    });
    const other = by('other', (work) => work());
    stopped.start();
    await enter('a1');
    await eventually(() => hasBegun);
    timer.stopFor(2 * leaseMs);
    await during(other, async () => {
      await eventually(() => leads(other));
      await other.caughtUp();
      goOn();
      await eventually(() => done.includes('a1 by stopped'));
      await eventually(() => notes.some(({ kind }) => kind === 'lease-lost'));
    });
    await stopped.stop();
    expect(done).toEqual(['a1 by other', 'a1 by stopped']);
    const { state } = await decisions.load(guestList, 'copy', { fresh: true });
    expect(state.names).toEqual(['a1']);
  });

  it('parks nothing of what another has done since', async () => {
    const { by, enter, timer, leads, notes, store } = stoppable();
    let goOn: () => void = () => {};
    const isStopped = new Promise<void>((resolve) => (goOn = resolve));
    let hasBegun = false;
    const fails = async (): Promise<void> => {
      hasBegun = true;
      await isStopped;
      throw new Error('broken');
    };
    const stopped = by('stopped', fails, { attempts: 1 });
    const other = by('other', (work) => work());
    stopped.start();
    await enter('a1');
    await eventually(() => hasBegun);
    timer.stopFor(2 * leaseMs);
    await during(other, async () => {
      await eventually(() => leads(other));
      await other.caughtUp();
      goOn();
      await eventually(() => notes.some(({ kind }) => kind === 'lease-lost'));
    });
    await stopped.stop();
    expect(await store.parked({ limit: 1 })).toEqual([]);
  });
});

describe('leases of several processes', () => {
  it('come to be shared as each by itself would share them, and nothing is lost', async () => {
    const here = world();
    const parts = 8;
    const owners = ['one', 'other', 'third'];
    const names = Array.from({ length: parts }, (_, index) =>
      partName('greeter', { index, of: parts }),
    );
    const working = owners.map((owner) => ({
      owner,
      runtime: here.runtime([greeter()], { owner, limits: { parts } }),
      share: names.filter((name) => preferred(name, owners) === owner).length,
    }));
    const led = async () =>
      Promise.all(working.map(async ({ runtime }) => (await runtime.status())[0]?.partsLed));
    const [one] = working;
    one?.runtime.start();
    await eventually(async () => (await led())[0] === parts);
    for (const { owner, runtime } of working) if (owner !== 'one') runtime.start();
    const shares = working.map(({ share }) => share);
    await eventually(async () => (await led()).join() === shares.join());
    for (let guest = 0; guest < 20; guest += 1) await here.enter(`${guest}`);
    await eventually(() => new Set(here.names()).size === 20);
    await one?.runtime.stop();
    await eventually(async () => (await led()).reduce<number>((sum, n) => sum + (n ?? 0), 0) === 8);
    await Promise.all(working.map(({ runtime }) => runtime.stop()));
  });

  it('are not kept from others by who has stopped waiting for them', async () => {
    const here = world();
    const first = here.runtime([greeter()], { owner: 'first', limits: { leaseMs } });
    const second = here.runtime([greeter()], { owner: 'second', limits: { leaseMs } });
    first.start();
    await eventually(async () => (await first.status())[0]?.leads === true);
    second.start();
    const waiting = async () => {
      const division = { follower: 'greeter', parts: 1 };
      return (await here.followers.acquireLease('greeter', 'first', leaseMs, division))?.waiting;
    };
    await eventually(async () => (await waiting())?.join() === 'second');
    await second.stop();
    expect(await waiting()).toEqual([]);
    await first.stop();
  });
});
