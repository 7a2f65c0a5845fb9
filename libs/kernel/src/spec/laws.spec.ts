import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Decider, DomainEvent } from '../decider.js';
import { instant } from '../instant.js';
import { goldenLaw } from './golden-law.js';
import { unreachable } from '../unreachable.js';
import { knowsItsWords, laws, type Check } from './laws.js';

type Added = DomainEvent<'Added', { readonly name: string; readonly maybe?: undefined }>;
type Names = Decider<{ readonly names: readonly string[] }, string, Added, never>;

const added = (name: string): Added => ({ type: 'Added', at: instant(0), data: { name } });
const names: Names = {
  name: 'names',
  initial: { names: [] },
  decide: (state, name) => (state.names.includes(name) ? [] : [added(name)]),
  evolve: (state, { data }) => ({ names: [...state.names, data.name] }),
};
const cases = { name: 'names', histories: [[], [added('ann')]], commands: ['ann', 'bob'] };

const broken = (checks: readonly Check[]): readonly string[] =>
  checks.flatMap(({ name, check }) => {
    try {
      check();
      return [];
    } catch {
      return [name];
    }
  });

describe('the laws of a decider', () => {
  it('hold for one that keeps them', () => {
    expect(broken(laws(names, cases))).toEqual([]);
  });

  it('catch a repeat that adds a fact, unless the command is not repeatable', () => {
    const greedy: Names = { ...names, decide: (_, name) => [added(name)] };
    expect(broken(laws(greedy, cases))).toEqual([
      'names: repeating an accepted command adds nothing',
    ]);
    expect(broken(laws(greedy, { ...cases, unrepeatable: () => true }))).toEqual([]);
  });

  it('catch one that makes something of what it does not know', () => {
    const strict: Decider<null, { type: 'Add' }, Added, never> = {
      name: 'strict',
      initial: null,
      decide: (_, { type }) => (type === 'Add' ? [] : unreachable(type)),
      evolve: (state, { type }) => (type === 'Added' ? state : unreachable(type)),
    };
    const of = { name: 'strict', histories: [[]], commands: [] };
    const says = ['strict: makes nothing of a wish or a fact of a kind that it does not know'];
    expect(broken([knowsItsWords(strict, of)])).toEqual([]);
    expect(broken([knowsItsWords({ ...strict, decide: () => [] }, of)])).toEqual(says);
    expect(broken([knowsItsWords({ ...strict, evolve: () => null }, of)])).toEqual(says);
  });

  it('catch a decision that depends on more than state and command', () => {
    let count = 0;
    const moody: Names = {
      ...names,
      decide: (state, name) => (state.names.length > 0 ? [] : [added(`${name}${(count += 1)}`)]),
    };
    expect(broken(laws(moody, cases))).toEqual([
      'names: deciding twice gives the same and leaves the state as it was',
    ]);
  });

  it('catch data that is not JSON', () => {
    const vague: Names = {
      ...names,
      decide: (state, name) =>
        state.names.includes(name) ? [] : [{ ...added(name), data: { name, maybe: undefined } }],
    };
    expect(broken(laws(vague, cases))).toEqual([
      'names: facts are JSON, and fold to the same state after a round trip',
    ]);
  });
});

describe('the golden law', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'golden-'));
    writeFileSync(join(folder, 'Added.v1.json'), '{"name":"ann"}');
    writeFileSync(join(folder, 'Added.v2.json'), '{"name":"ann","age":3}');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const upcasting = () => ({ version: 2 });

  it('holds when every version has a sample that upcasts to the newest', () => {
    const checks = goldenLaw({ Added: { version: 2 } }, folder, upcasting);
    expect(checks).toHaveLength(3);
    expect(broken(checks)).toEqual([]);
  });

  it('catches a missing sample, a stray one, and one that is not upcast', () => {
    expect(broken(goldenLaw({ Added: { version: 3 } }, folder, () => ({ version: 3 })))).toEqual([
      'golden: Added in version 3 still decodes',
    ]);
    expect(broken(goldenLaw({ Added: { version: 1 } }, folder, () => ({ version: 1 })))).toEqual([
      'golden: every sample belongs to a type and a version',
    ]);
    const unchanged = ({ version }: { version: number }) => ({ version });
    expect(broken(goldenLaw({ Added: { version: 2 } }, folder, unchanged))).toEqual([
      'golden: Added in version 1 still decodes',
    ]);
  });
});
