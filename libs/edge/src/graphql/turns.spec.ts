import { describe, expect, it } from '@jest/globals';
import { codeOf, startFixture } from '../spec/fixture.js';
import { Turns } from './turns.js';

const asked = (turns: Turns) => {
  const begun: string[] = [];
  const over = new Map<string, () => void>();
  const take = async (name: string, cost: number, organisation = 'acme') => {
    const done = await turns.take(organisation, cost);
    begun.push(name);
    over.set(name, done);
  };
  return {
    begun,
    take: (...query: Parameters<typeof take>) => void take(...query),
    ends: (name: string) => over.get(name)?.(),
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  };
};

describe('S18: the turns of an organisation', () => {
  it('are taken at once up to what they may cost together, then one after the other', async () => {
    const { begun, take, ends, settled } = asked(new Turns({ costAtOnceMax: 10, waitingMax: 9 }));
    for (const [name, cost] of [
      ['a', 6],
      ['b', 4],
      ['c', 1],
      ['d', 9],
    ] as const)
      take(name, cost);
    await settled();
    expect(begun).toEqual(['a', 'b']);
    ends('b');
    ends('b');
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    ends('a');
    ends('c');
    await settled();
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('never keep another organisation waiting', async () => {
    const { begun, take, settled } = asked(new Turns({ costAtOnceMax: 10, waitingMax: 9 }));
    take('a', 10);
    take('b', 1);
    take('c', 10, 'other');
    await settled();
    expect(begun).toEqual(['a', 'c']);
  });

  it('let what costs more than that go alone', async () => {
    const { begun, take, ends, settled } = asked(new Turns({ costAtOnceMax: 10, waitingMax: 9 }));
    for (const [name, cost] of [
      ['a', 1],
      ['b', 11],
      ['c', 1],
    ] as const)
      take(name, cost);
    await settled();
    expect(begun).toEqual(['a']);
    ends('a');
    await settled();
    expect(begun).toEqual(['a', 'b']);
    ends('b');
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('are refused when too many wait already', async () => {
    const turns = new Turns({ costAtOnceMax: 10, waitingMax: 1 });
    const done = await turns.take('acme', 10);
    const second = turns.take('acme', 10);
    await expect(turns.take('acme', 1)).rejects.toMatchObject({ extensions: { code: 'BUSY' } });
    done();
    await expect(second).resolves.toBeInstanceOf(Function);
  });
});

it('S18: are given to queries over HTTP, and given back', async () => {
  const fixture = await startFixture({ limits: { costAtOnceMax: 1, waitingMax: 1 } });
  const query = '{ open whoAmI { id } waits(ms: 400) }';
  const three = () =>
    Promise.all(
      ['agent', 'manager', 'viewer'].map((as) => fixture.post({ query }, { as }).then(codeOf)),
    );
  for (let again = 0; again < 2; again += 1)
    expect((await three()).filter((code) => code !== undefined)).toEqual(['BUSY']);
  await fixture.close();
});
