import { createHash } from 'node:crypto';
import type { Table } from '#kernel';
import { canonicalJson } from './canonical-json.js';
import type { ReadModel } from './port.js';
import { TableInvalid, tableShape, type TableShape } from './table-shape.js';

/** Where the one position of all views stands, with the fingerprint of what they are made of. */
export const checkpointTable: Table = {
  name: 'checkpoint',
  columns: { name: 'text', position: 'text?', fingerprint: 'text' },
  key: 'name',
  indexes: [],
};
/** The key of the only row of the checkpoint table. */
export const checkpointName = 'views';

/**
 * Rows that stand still because their projection could not fold an event into them. Part of the
 * read model itself: a pure function of the log like every view, gone with the rebuild that the
 * mended projection's next version brings.
 */
export const parkedRowsTable: Table = {
  name: 'parked_rows',
  columns: {
    id: 'text',
    projection: 'text',
    row_key: 'text',
    event_id: 'text',
    type: 'text',
    stream: 'text',
    position: 'text',
    reason: 'text',
  },
  key: 'id',
  indexes: [],
};

export const parkedRowId = (projection: string, key: string): string => `${projection}/${key}`;

/** All tables that a read model's commits write, by name. Throws TableInvalid. */
export const tablesOf = (readModel: ReadModel): ReadonlyMap<string, TableShape> => {
  const tables = [parkedRowsTable, ...readModel.projections.map(({ table }) => table)];
  const shapes = new Map([[checkpointTable.name, tableShape(checkpointTable)]]);
  for (const table of tables) {
    // One projection per table: a row is the fold of one projection, parked and versioned as such.
    if (shapes.has(table.name)) throw new TableInvalid(`two projections write "${table.name}"`);
    shapes.set(table.name, tableShape(table));
  }
  shapes.delete(checkpointTable.name);
  return shapes;
};

/** Raised whenever the form in which this lib itself keeps views changes meaning. */
const storageVersion = 1;

/** Equal for two read models exactly when their views hold the same, wherever they are built. */
export const fingerprint = (readModel: ReadModel): string => {
  const parts = readModel.projections
    .map(({ name, version, table, streams, types }) => ({
      name,
      version,
      table: { ...table },
      streams: streams.toSorted(),
      types: types.toSorted(),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return createHash('sha256').update(canonicalJson({ storageVersion, parts })).digest('hex');
};
