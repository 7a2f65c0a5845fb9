import { describe, expect, it } from '@jest/globals';
import type { Table, ViewRow } from '#kernel';
import { canonicalJson } from './canonical-json.js';
import { fingerprint, tablesOf } from './read-model.js';
import { notesProjection, sampleReadModel } from './spec/sample-history.js';
import { conformed, RowInvalid, TableInvalid, tableShape } from './table-shape.js';

const notes: Table = {
  name: 'notes',
  columns: { id: 'text', size: 'integer', body: 'json?' },
  key: 'id',
  indexes: [],
};
const shape = tableShape(notes);
const row = { id: 'a', size: 1, body: null };

describe('a table', () => {
  it.each<[string, Partial<Table>]>([
    ['a name in capitals', { name: 'Notes' }],
    ['a name that ends its quotes', { name: 'notes"; DROP' }],
    ['a name that is too long', { name: 'n'.repeat(49) }],
    ['a column in camel case', { columns: { id: 'text', sizeMax: 'integer' } }],
    ['a key that it lacks', { key: 'other' }],
    ['a key that may be null', { columns: { id: 'text?' } }],
    ['a key that is no text', { key: 'size' }],
    ['an index on what it lacks', { indexes: [['other']] }],
  ])('is refused with %s', (_, change) => {
    expect(() => tableShape({ ...notes, ...change })).toThrow(TableInvalid);
  });

  it('may have a name of 48 letters, digits and underscores', () => {
    expect(tableShape({ ...notes, name: `n_${'1'.repeat(46)}` }).key).toBe('id');
  });

  it('belongs to one projection, and not to the views themselves', () => {
    const other = { ...notesProjection, name: 'other' };
    expect(() => tablesOf({ projections: [notesProjection, other] })).toThrow(TableInvalid);
    const reserved = { ...other, table: { ...notes, name: 'checkpoint' } };
    expect(() => tablesOf({ projections: [reserved] })).toThrow(TableInvalid);
  });
});

describe('a row', () => {
  it.each<[string, ViewRow]>([
    ['a column missing', { id: 'a', size: 1 }],
    ['a column more', { ...row, more: 1 }],
    ['null where it may not be', { ...row, size: null }],
    ['a fraction', { ...row, size: 1.5 }],
    ['an integer that is not exact', { ...row, size: Number.MAX_SAFE_INTEGER + 1 }],
    ['text for a number', { ...row, size: '1' }],
    ['a number for text', { ...row, body: 1 }],
    ['another key', { ...row, id: 'b' }],
  ])('is refused with %s', (_, invalid) => {
    expect(() => conformed(shape, 'a', invalid)).toThrow(RowInvalid);
  });

  it('becomes what the database will give back', () => {
    const odd = { body: 'nul\0 half\ud83d whole\u{1f600}', size: -0, id: 'a' };
    const stored = conformed(shape, 'a', odd);
    expect(Object.entries(stored)).toEqual([
      ['id', 'a'],
      ['size', 0],
      ['body', 'nul\ufffd half\ufffd whole\u{1f600}'],
    ]);
    expect(conformed(shape, 'a', { ...row, size: Number.MAX_SAFE_INTEGER })['size']).toBe(
      2 ** 53 - 1,
    );
  });
});

describe('canonical JSON', () => {
  it('has one text for one value', () => {
    const value = { b: [1, 'x', null, true, { d: 1, c: 2 }], a: -0 };
    expect(canonicalJson(value)).toBe('{"a":0,"b":[1,"x",null,true,{"c":2,"d":1}]}');
  });

  it.each([undefined, 1n, NaN, Infinity, new Date(0), new Map(), { a: undefined }, [undefined]])(
    'refuses what would read back as something else: %p',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    },
  );

  it('refuses a cycle', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(() => canonicalJson(cycle)).toThrow(TypeError);
  });
});

describe('the fingerprint of a read model', () => {
  const [first, ...others] = sampleReadModel.projections;
  const print = (projections: readonly (typeof notesProjection | undefined)[]) =>
    fingerprint({ projections: projections.flatMap((projection) => projection ?? []) });

  it('does not hang on the order of the projections', () => {
    const projections = sampleReadModel.projections.toReversed();
    expect(fingerprint({ projections })).toBe(fingerprint(sampleReadModel));
  });

  it('changes with a version, a table, a name, a type and with what is there', () => {
    const changed = [
      [notesProjection],
      [{ ...notesProjection, version: 2 }],
      [{ ...notesProjection, name: 'other' }],
      [{ ...notesProjection, types: ['NoteWritten'] as const }],
      [{ ...notesProjection, table: { ...notesProjection.table, indexes: [] } }],
      [],
    ];
    expect(new Set(changed.map((projections) => print(projections))).size).toBe(changed.length);
    expect(first).toBeDefined();
    expect(fingerprint({ projections: others })).not.toBe(fingerprint(sampleReadModel));
  });
});
