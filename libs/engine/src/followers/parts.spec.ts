import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { positionAt } from '#kernel/spec';
import { hasKey, stableHash, whole } from '#view-store';
import { eventually } from '../spec/eventually.js';
import { contextFor, guestList, type Enter } from '../spec/guest-list.js';
import { closingTime, during, greeter, world } from '../spec/world.js';
import type { Execute } from './tools.js';

type World = ReturnType<typeof world>;

const letters = 'abcdefghijkl'.split('');
/** Names whose keys (their first letters) fall into one part or the other of two. */
const [ofFirst = '', ofSecond = ''] = [0, 1].map((index) =>
  letters.find((letter) => hasKey({ index, of: 2 }, letter)),
);

const runtimeOf = (here: World, owner: string, parts: number, over: object = {}) =>
  here.runtime([greeter()], { owner, ...over, limits: { parts } });

describe('the part of a key', () => {
  it('is the same for ever', () => {
    expect(['', 'a', 'thread', 'é'].map(stableHash)).toMatchInlineSnapshot(`
      [
        2872998923,
        444641715,
        2543542336,
        2387039943,
      ]
    `);
  });

  it('is one of all, for every key, and all of them get their share', () => {
    const keys = Array.from({ length: 4_000 }, (_, number) => `acme-${number.toString(36)}`);
    const shares = [0, 1, 2, 3].map(
      (index) => keys.filter((key) => hasKey({ index, of: 4 }, key)).length,
    );
    expect(shares.reduce((sum, share) => sum + share)).toBe(keys.length);
    for (const share of shares) expect(Math.abs(share - 1_000)).toBeLessThan(150);
    expect(keys.every((key) => hasKey(whole, key))).toBe(true);
  });
});

describe('a follower in parts', () => {
  it('does everything once, and a key in order, whoever leads which part', async () => {
    const here = world();
    for (let guest = 0; guest < 40; guest += 1) await here.enter(`${letters[guest % 12]}${guest}`);
    const both = ['one', 'other'].map((owner) => runtimeOf(here, owner, 4));
    for (const runtime of both) runtime.start();
    await eventually(() => here.names().length >= 40);
    await Promise.all(both.map((runtime) => runtime.stop()));
    expect(new Set(here.names()).size).toBe(40);
    const ids = here.asked.map(({ context }) => context.commandId);
    for (const letter of letters) {
      const ofKey = here.names().filter((name) => name.startsWith(letter));
      expect([...new Set(ofKey)]).toEqual(
        [...new Set(ofKey)].toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1))),
      );
    }
    expect(new Set(ids).size).toBe(40);
  });

  it('loses nothing and doubles no effect, however often it is divided anew', async () => {
    const divisions = fc.array(
      fc.record({ parts: fc.integer({ min: 1, max: 5 }), more: fc.nat(6) }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(divisions, async (lives) => {
        const here = world();
        const copying = greeter({ streams: ['guests-1'] });
        const execute: Execute = async (command, context) => {
          await here.decisions.run(guestList, 'copy', command as Enter, context);
        };
        const entered: string[] = [];
        for (const [life, { parts, more }] of lives.entries()) {
          for (let guest = 0; guest < more; guest += 1) {
            const name = `${letters[(guest * 5) % 12]}${life}-${guest}`;
            entered.push(name);
            await here.enter(name);
          }
          const over = { owner: `life-${life}`, execute, limits: { parts } };
          const working = here.runtime([copying], over);
          await during(working, () => working.caughtUp());
        }
        const { state } = await here.decisions.load(guestList, 'copy', { fresh: true });
        expect(state.names.toSorted()).toEqual(entered.toSorted());
      }),
      { numRuns: 15 },
    );
  });

  it('is not led by who divides it otherwise, until nobody leads it as before', async () => {
    const here = world();
    const [before, after] = [runtimeOf(here, 'before', 2), runtimeOf(here, 'after', 3)];
    const partsLed = async (runtime: typeof before) => (await runtime.status())[0]?.partsLed;
    before.start();
    await eventually(async () => (await partsLed(before)) === 2);
    after.start();
    await eventually(() => here.notes.some(({ kind }) => kind === 'divided-otherwise'));
    await here.enter('ann');
    await before.caughtUp();
    expect(await partsLed(after)).toBe(0);
    await before.stop();
    await here.enter('bob');
    await after.caughtUp();
    expect(await partsLed(after)).toBe(3);
    expect(here.names()).toEqual(['ann', 'bob']);
    await after.stop();
    const told = here.notes.filter(({ kind }) => kind === 'divided-otherwise');
    expect(told).toHaveLength(3);
  });

  it('is one to operators: status, parked items and requests go by its name', async () => {
    const here = world();
    let isBroken = true;
    const execute: Execute = async (command, context) => {
      if (isBroken) throw new Error('broken');
      await here.note(command, context);
    };
    const working = runtimeOf(here, 'one', 2, { execute });
    await during(working, async () => {
      for (const name of [`${ofFirst}1`, `${ofSecond}1`, `${ofSecond}2`]) await here.enter(name);
      await working.caughtUp();
      const [status] = await working.status();
      expect(status).toMatchObject({ follower: 'greeter', partsLed: 2, parts: 2, parked: 3 });
      isBroken = false;
      for (const key of [ofFirst, ofSecond]) ask(here, { kind: 'retry-key', key });
      await eventually(async () => (await here.followers.requests('greeter', 9)).length === 0);
    });
    expect(here.names().toSorted()).toEqual(
      [`${ofFirst}1`, `${ofSecond}1`, `${ofSecond}2`].toSorted(),
    );
    expect(await here.followers.parkedCount('greeter')).toBe(0);
  });
});

const ask = ({ followers }: World, over: Partial<Parameters<typeof followers.ask>[0]>): void => {
  const about = { key: '', eventId: '', item: '', stream: '', position: positionAt(0) };
  followers.ask({ follower: 'greeter', kind: 'replay', ...about, ...over });
};

const firstEvent = async ({ log }: World) => {
  for await (const event of log.readAll({ direction: 'forwards' })) return event;
  throw new Error('nothing is on the log');
};

describe('what is asked of all parts', () => {
  /** An event that asks for something under keys of both parts. */
  const ofBoth = greeter({
    whenever: () =>
      [`${ofFirst}1`, `${ofSecond}1`, `${ofSecond}2`].map((name) => ({
        key: name.slice(0, 1),
        item: name,
        command: { name },
      })),
  });

  it('a replay, is done by each for its own items once, and counted together', async () => {
    const here = world();
    await here.enter('any');
    const { id: eventId, stream, position } = await firstEvent(here);
    const working = here.runtime([ofBoth], { limits: { parts: 2 } });
    await during(working, async () => {
      await working.caughtUp();
      ask(here, { eventId, stream, position });
      await eventually(() => here.followers.tally.done === 1);
    });
    expect(here.followers.tally).toEqual({ done: 1, items: 3, parked: 0 });
    expect(here.names()).toHaveLength(6);
    expect(new Set(here.asked.map(({ context }) => context.commandId)).size).toBe(3);
  });

  it('an event that could not be read, holds its stream in all of them until it can', async () => {
    const here = world();
    let isBroken = true;
    const policy = greeter({
      whenever: ({ data: { name } }) => {
        if (name === 'poison' || (name === 'any' && isBroken)) throw new Error('a defect');
        const names = name === 'any' ? [`${ofFirst}1`, `${ofSecond}1`] : [name];
        return names.map((each) => ({
          key: each.slice(0, 1),
          item: each,
          command: { name: each },
        }));
      },
    });
    const working = here.runtime([policy], { limits: { parts: 2 } });
    await during(working, async () => {
      for (const name of ['any', `${ofFirst}2`, `${ofSecond}2`]) await here.enter(name);
      await working.caughtUp();
      expect(here.names()).toEqual([]);
      expect(await here.followers.parkedCount('greeter')).toBe(3);
      // Each of both has parked the event itself before it went on, so that neither begins behind it.
      const parkedEvents = here.notes.filter(
        (note) => note.kind === 'parked' && note.item.reason === 'Error: a defect',
      );
      expect(parkedEvents).toHaveLength(2);
      isBroken = false;
      ask(here, { kind: 'retry-key', key: 'guests-1' });
      await eventually(async () => (await here.followers.parkedCount('greeter')) === 0);
    });
    for (const letter of [ofFirst, ofSecond])
      expect(here.names().filter((name) => name.startsWith(letter))).toEqual([
        `${letter}1`,
        `${letter}2`,
      ]);
  });
});

describe('deadlines in parts', () => {
  it('are decided once each, also those that were set under another division', async () => {
    const here = world();
    const guests = letters.map((letter) => `${letter}-guest`);
    for (const guest of guests) await here.enter(guest, 2_000);
    const execute: Execute = async (command, context) => {
      await here.note(command, context);
      await here.decisions.run(guestList, '1', command as Enter, contextFor(context.commandId));
    };
    const first = here.runtime([closingTime], { execute, limits: { parts: 3 } });
    await during(first, () => first.caughtUp());
    const second = here.runtime([closingTime], { execute, limits: { parts: 2 } });
    await during(second, async () => {
      await here.enter('late-guest', 2_000);
      await second.caughtUp();
      here.clock.advance(1_500);
      await second.settled();
    });
    expect(here.names().toSorted()).toEqual([...guests, 'late-guest'].toSorted());
    expect(await here.followers.deadlines('closing-time', { after: null, limit: 9 })).toEqual([]);
  });
});
