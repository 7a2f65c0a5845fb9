import { describe, expect, it } from '@jest/globals';
import type { Recorded } from '#kernel';
import { Fold } from './fold.js';
import { sampleHistory, sampleLog, sampleReadModel } from './spec/index.js';

const recordedFacts = async (count: number): Promise<readonly Recorded[]> => {
  const { log, record } = sampleLog();
  await record(sampleHistory(count, 5));
  const facts: Recorded[] = [];
  for await (const fact of log.readAll({ direction: 'forwards' })) facts.push(fact);
  return facts;
};

const onParked = (): never => {
  throw new Error('nothing is parked here');
};

describe('a fold', () => {
  it('never looks up nor keeps a row that is of one fact alone', async () => {
    const looked: string[] = [];
    const read = async (table: string) => {
      looked.push(table);
      return new Map();
    };
    const fold = new Fold({ readModel: sampleReadModel, read, onParked, startsEmpty: false });
    const facts = await recordedFacts(20);
    await fold.apply(facts);
    expect(looked).toContain('notes');
    expect(looked).not.toContain('journal');
    const journal = fold.changes().filter(({ table }) => table === 'journal');
    expect(journal.map(({ key }) => key)).toEqual(facts.map(({ position }) => position));
    fold.committed(1_000);
    expect(fold.changes()).toEqual([]);
  });

  it('knows every row there is, as long as only such rows were let go', async () => {
    const read = (): never => {
      throw new Error('it began with nothing, and has kept all that was folded');
    };
    const fold = new Fold({ readModel: sampleReadModel, read, onParked, startsEmpty: true });
    const facts = await recordedFacts(40);
    await fold.apply(facts.slice(0, 20));
    fold.committed(1_000);
    await fold.apply(facts.slice(20));
    expect(fold.changedRows).toBeGreaterThan(20);
  });
});
