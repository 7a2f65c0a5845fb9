import { describe, expect, it } from '@jest/globals';
import { instant, type DomainEvent, type Projection } from '#kernel';
import { recorded } from '#kernel/spec';
import { MemoryViews } from './memory-views.js';

type Said = DomainEvent<'Said', { readonly name: string; readonly text: string }>;
type Row = { readonly name: string; readonly text: string; readonly times: number };

const sayings: Projection<Said, Row> = {
  kind: 'projection',
  name: 'sayings',
  version: 1,
  streams: ['test-'],
  types: ['Said'],
  table: {
    name: 'sayings',
    columns: { name: 'text', text: 'text', times: 'integer' },
    key: 'name',
    indexes: [],
  },
  keys: ({ data }) => [data.name],
  project: (row, { data }, name) => {
    if (data.text === 'nonsense') throw new Error(data.text);
    return { name, text: data.text, times: (row?.times ?? 0) + 1 };
  },
};
const said = (name: string, text: string) =>
  recorded<Said>({ type: 'Said', at: instant(0), data: { name, text } });

describe('views in memory', () => {
  it('hold the rows of a projection, batch by batch, as a database would hold them', async () => {
    const views = new MemoryViews({ projections: [sayings] });
    expect(views.rowsOf(sayings)).toEqual([]);
    await views.apply([said('ada', 'hello'), said('bob', 'no\0thing')]);
    await views.apply([said('ada', 'again')]);
    expect(views.rowsOf(sayings).toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'ada', text: 'again', times: 2 },
      { name: 'bob', text: 'no\ufffdthing', times: 1 },
    ]);
  });

  it('leave a row as it was once a fact cannot be folded into it', async () => {
    const views = new MemoryViews({ projections: [sayings] });
    await views.apply([said('ada', 'hello'), said('ada', 'nonsense'), said('ada', 'later')]);
    await views.apply([said('bob', 'hello')]);
    expect(views.rowsOf(sayings)).toEqual([
      { name: 'ada', text: 'hello', times: 1 },
      { name: 'bob', text: 'hello', times: 1 },
    ]);
  });
});
