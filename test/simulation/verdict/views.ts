import type { Recorded } from '#kernel';
import { readModel } from '#platform';
import { canonicalJson, MemoryViews } from '#view-store';
import { Broken } from '../machine/machine.js';
import type { ViewTables } from '../ports/views.js';

/** P15, P16: the views as they were kept, through every crash, are what the log makes from nothing. */
export const judgeViews = async (tables: ViewTables, facts: readonly Recorded[]): Promise<void> => {
  const anew = new MemoryViews(readModel);
  await anew.apply(facts);
  for (const projection of readModel.projections) {
    const { name, key } = projection.table;
    const rows = new Map(anew.rowsOf(projection).map((row) => [String(row[key]), row]));
    const kept = tables.rowsOf(name);
    for (const id of new Set([...rows.keys(), ...kept.keys()])) {
      const [one, other] = [rows.get(id), kept.get(id)];
      if (!one || !other) throw new Broken('P15', `${name} ${id} is only in one of the views`);
      if (canonicalJson(one) !== canonicalJson(other))
        throw new Broken(
          'P15',
          `${name} ${id}: ${canonicalJson(other)}, not ${canonicalJson(one)}`,
        );
    }
  }
};
