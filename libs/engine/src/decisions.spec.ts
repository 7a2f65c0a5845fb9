import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Recorded } from '#kernel';
import {
  createEventLog,
  createMemoryEventStore,
  createMemoryKeyRing,
  StoreUnavailable,
  type EventLog,
} from '#event-store';
import { Busy, ConflictPersists } from './decided.js';
import { decisionLimits, type DecisionLimits } from './deciding/limits.js';
import { Decisions } from './decisions.js';
import { contextFor, guestCatalogue, guestList } from './spec/guest-list.js';
import { SystemChance } from './system/system-chance.js';
import { SystemClock } from './system/system-clock.js';
import { SystemTimer } from './system/system-timer.js';

const memoryLog = (): EventLog =>
  createEventLog({
    store: createMemoryEventStore({ clock: () => 0 }),
    keys: createMemoryKeyRing(),
    catalogues: [guestCatalogue],
  });

const decisionsOn = (log: EventLog, limits: Partial<DecisionLimits> = {}): Decisions =>
  new Decisions({
    log,
    clock: new SystemClock(),
    chance: new SystemChance(),
    timer: new SystemTimer(),
    versionOf: () => 1,
    limits: { ...decisionLimits, backoff: { firstMs: 1, maxMs: 2 }, ...limits },
  });

const enter = (decisions: Decisions, name: string, id = name, count = 1) =>
  decisions.run(guestList, '1', { name, count }, contextFor(id));

const streamOf = async (log: EventLog): Promise<readonly Recorded[]> => {
  const all: Recorded[] = [];
  for await (const event of log.readStream('guests-1', { direction: 'forwards' })) all.push(event);
  return all;
};

const namesOn = async (log: EventLog): Promise<readonly unknown[]> =>
  (await streamOf(log)).map(({ data }) => ('name' in data ? data.name : null));

/** A log that counts its calls, and in which something happens before an append. */
const observed = (log: EventLog, beforeAppend: () => Promise<void> = async () => {}) => {
  const calls = { appends: [] as number[], reads: 0 };
  const watched: EventLog = {
    ...log,
    append: async (stream, expected, facts) => {
      calls.appends.push(facts.length);
      await beforeAppend();
      return log.append(stream, expected, facts);
    },
    readStream: (stream, options) => {
      calls.reads += 1;
      return log.readStream(stream, options);
    },
  };
  return { calls, log: watched };
};

describe('a decision', () => {
  it('answers with its facts as they stand on the log, and the state after them', async () => {
    const log = memoryLog();
    const decided = await enter(decisionsOn(log), 'ann');
    expect(decided).toMatchObject({
      kind: 'accepted',
      revision: 0n,
      state: { names: ['ann'] },
    });
    expect(decided.kind === 'accepted' && decided.events).toEqual(await streamOf(log));
    expect(decided.position).toBe(await log.head());
  });

  it('adds nothing when it is already so, and says so', async () => {
    const log = memoryLog();
    const decisions = decisionsOn(log);
    await enter(decisions, 'ann');
    const again = await enter(decisions, 'ann');
    expect(again).toMatchObject({ kind: 'accepted', events: [], revision: 0n });
    expect(await streamOf(log)).toHaveLength(1);
  });

  it('leaves no fact when it is a rejection', async () => {
    const log = memoryLog();
    const refused = await enter(decisionsOn(log), 'unwelcome');
    expect(refused).toMatchObject({ kind: 'rejected', rejection: { rejected: 'ListFull' } });
    expect(refused.revision).toBeNull();
    expect(await streamOf(log)).toEqual([]);
  });

  it('derives the ids of its facts from the command, and from the stream', async () => {
    const [one, two] = [memoryLog(), memoryLog()];
    await enter(decisionsOn(one), 'ann', 'c', 2);
    await enter(decisionsOn(two), 'ann', 'c', 2);
    await decisionsOn(two).run(guestList, '2', { name: 'ann' }, contextFor('c'));
    const ids = (await streamOf(one)).map(({ id }) => id);
    expect((await streamOf(two)).map(({ id }) => id)).toEqual(ids);
    const all: string[] = [];
    for await (const { id } of two.readAll({ direction: 'forwards' })) all.push(id);
    expect(new Set(all).size).toBe(3);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('commands that wait together', () => {
  it('are decided in order and appended at once, each answered with its own', async () => {
    const { log, calls } = observed(memoryLog());
    const decisions = decisionsOn(log);
    const [ann, again, unwelcome, bob] = await Promise.all([
      enter(decisions, 'ann', 'c1', 2),
      enter(decisions, 'ann', 'c2'),
      enter(decisions, 'unwelcome'),
      enter(decisions, 'bob'),
    ]);
    expect(calls).toEqual({ appends: [3], reads: 1 });
    expect(ann).toMatchObject({ revision: 1n, state: { names: ['ann', 'ann+1'] } });
    expect(again).toMatchObject({ kind: 'accepted', events: [], revision: 1n });
    expect(unwelcome).toMatchObject({ kind: 'rejected', revision: 1n });
    expect(bob).toMatchObject({ revision: 2n, events: [{ revision: 2n, data: { name: 'bob' } }] });
  });

  it('are parted where an append would grow too large, but a command never is', async () => {
    const { log, calls } = observed(memoryLog());
    const decisions = decisionsOn(log, { factsPerAppend: 3 });
    await Promise.all([
      enter(decisions, 'a', 'a', 2),
      enter(decisions, 'b', 'b', 1),
      enter(decisions, 'c', 'c', 1),
      enter(decisions, 'd', 'd', 4),
    ]);
    expect(calls.appends).toEqual([3, 1, 4]);
  });

  it('never bring one event id twice into an append, also under one command id', async () => {
    const { log, calls } = observed(memoryLog());
    const decisions = decisionsOn(log);
    await Promise.all([enter(decisions, 'ann', 'same'), enter(decisions, 'bob', 'same')]);
    expect(calls.appends).toEqual([1, 1]);
    expect(await namesOn(log)).toEqual(['ann', 'bob']);
  });

  it('fail alone when their decision throws', async () => {
    const log = memoryLog();
    const decisions = decisionsOn(log);
    const results = await Promise.allSettled([
      enter(decisions, 'ann'),
      enter(decisions, 'poison'),
      enter(decisions, 'bob'),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await namesOn(log)).toEqual(['ann', 'bob']);
  });

  it('are Busy beyond the queue, and not one sooner', async () => {
    const log = memoryLog();
    const decisions = decisionsOn(log, { commandsPerStream: 3 });
    const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map((n) => enter(decisions, n)));
    expect(results.slice(0, 3).every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(results[3]).toMatchObject({ status: 'rejected', reason: expect.any(Busy) });
    await expect(enter(decisions, 'd')).resolves.toMatchObject({ kind: 'accepted' });
  });
});

describe('somebody else on the same log', () => {
  it('is read and decided over again', async () => {
    const log = memoryLog();
    const [here, there] = [decisionsOn(log), decisionsOn(log)];
    await enter(here, 'ann');
    await enter(there, 'bob');
    expect(await enter(here, 'cid')).toMatchObject({ state: { names: ['ann', 'bob', 'cid'] } });
  });

  it('who already did the same makes the decision add nothing', async () => {
    const log = memoryLog();
    const [here, there] = [decisionsOn(log), decisionsOn(log)];
    await enter(here, 'ann');
    await enter(there, 'bob', 'b1');
    expect(await enter(here, 'bob', 'b2')).toMatchObject({ events: [], revision: 1n });
  });

  it('who made room turns a refusal from the cache into an acceptance', async () => {
    const log = memoryLog();
    const [here, there] = [decisionsOn(log), decisionsOn(log)];
    await enter(here, 'ann');
    await there.run(guestList, '1', { name: 'ann', leaves: true }, contextFor('leave'));
    expect(await enter(here, 'ann', 'a2')).toMatchObject({
      revision: 2n,
      state: { names: ['ann'] },
    });
  });

  it.each([
    [20, 'fulfilled'],
    [21, 'rejected'],
  ])('who decides first %i times: %s', async (times, outcome) => {
    const log = memoryLog();
    const rival = decisionsOn(log);
    let left = times;
    const interrupted = observed(log, async () => {
      if (left > 0) await enter(rival, `rival-${(left -= 1)}`);
    });
    const [result] = await Promise.allSettled([enter(decisionsOn(interrupted.log), 'ann')]);
    expect(result?.status).toBe(outcome);
    if (result?.status === 'rejected') expect(result.reason).toBeInstanceOf(ConflictPersists);
    expect((await namesOn(log)).includes('ann')).toBe(outcome === 'fulfilled');
  });

  it('P5: exactly one wins each revision, versions are gapless, a repeat adds nothing', async () => {
    const names = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(2)), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(names, fc.scheduler(), async (wishes, scheduler) => {
        const log = memoryLog();
        const slow: EventLog = {
          ...log,
          append: async (...append) => {
            await scheduler.schedule(Promise.resolve());
            return log.append(...append);
          },
        };
        const writers = [0, 1, 2].map(() => decisionsOn(slow, { conflicts: 100 }));
        const everyone = () =>
          Promise.all(
            wishes.map(async ([name, writer], index) => {
              const at = writers[writer];
              return at && enter(at, name, String(index));
            }),
          );
        const answers = everyone();
        const [decided] = await Promise.all([answers, scheduler.waitFor(answers)]);
        const events = await streamOf(log);
        expect(events.map(({ revision }) => revision)).toEqual(events.map((_, i) => BigInt(i)));
        const entered = await namesOn(log);
        expect(entered).toHaveLength(new Set(entered).size);
        expect(new Set(entered)).toEqual(new Set(wishes.map(([name]) => name)));
        const told = decided.flatMap((one) => (one?.kind === 'accepted' ? one.events : []));
        expect(told.map(({ id }) => id).toSorted()).toEqual(events.map(({ id }) => id).toSorted());
        await everyone();
        expect(await streamOf(log)).toEqual(events);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a log that cannot be reached', () => {
  it('is asked again with the same ids at the same revision, so that nothing stands twice', async () => {
    const log = memoryLog();
    let failures = 2;
    const lossy: EventLog = {
      ...log,
      append: async (...append) => {
        const appended = await log.append(...append);
        // The append has happened; its answer is lost.
        if ((failures -= 1) >= 0) throw new StoreUnavailable('no answer');
        return appended;
      },
    };
    expect(await enter(decisionsOn(lossy), 'ann')).toMatchObject({ revision: 0n });
    expect(await namesOn(log)).toEqual(['ann']);
  });

  it('is given up after the repeats, and a repeated command then adds nothing more', async () => {
    const log = memoryLog();
    let isLossy = true;
    const lossy: EventLog = {
      ...log,
      append: async (...append) => {
        const appended = await log.append(...append);
        if (isLossy) throw new StoreUnavailable('no answer');
        return appended;
      },
    };
    const decisions = decisionsOn(lossy, { repeats: 2 });
    await expect(enter(decisions, 'ann')).rejects.toBeInstanceOf(StoreUnavailable);
    isLossy = false;
    await expect(enter(decisions, 'ann')).resolves.toMatchObject({ kind: 'accepted' });
    expect(await namesOn(log)).toEqual(['ann']);
  });
});

describe('loading', () => {
  it('answers what this process has appended from memory, from the log when it must be fresh', async () => {
    const { log, calls } = observed(memoryLog());
    const [here, there] = [decisionsOn(log), decisionsOn(log)];
    await enter(here, 'ann');
    await enter(there, 'bob');
    const reads = calls.reads;
    expect(await here.load(guestList, '1', { fresh: false })).toMatchObject({ revision: 0n });
    expect(calls.reads).toBe(reads);
    expect(await here.load(guestList, '1', { fresh: true })).toMatchObject({ revision: 1n });
  });

  it('sees what another fold of the same stream has appended in this process', async () => {
    const decisions = decisionsOn(memoryLog());
    const counting = { ...guestList };
    await decisions.load(counting, '1', { fresh: false });
    await enter(decisions, 'ann');
    expect(await decisions.load(counting, '1', { fresh: false })).toMatchObject({ revision: 0n });
  });

  it('forgets the least recently used stream beyond the limit, and reads it again', async () => {
    const { log, calls } = observed(memoryLog());
    const decisions = decisionsOn(log, { streamsKept: 2 });
    const load = (id: string) => decisions.load(guestList, id, { fresh: false });
    for (const id of ['1', '2', '1', '3']) await load(id);
    const reads = calls.reads;
    await load('1');
    expect(calls.reads).toBe(reads);
    await load('2');
    expect(calls.reads).toBe(reads + 1);
  });
});
