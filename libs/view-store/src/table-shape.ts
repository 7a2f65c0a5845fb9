import type { Cell, ColumnType, Table, ViewRow } from '#kernel';

/** A table of the read model, checked once, in the form in which rows are moved and compared. */
export type TableShape = {
  readonly name: string;
  readonly key: string;
  readonly keyIndex: number;
  readonly columns: readonly Column[];
  readonly indexes: readonly (readonly string[])[];
};

export type Column = {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
};

/** A row as it travels between threads: its cells in the order of the shape's columns. */
export type Cells = readonly Cell[];

/** A projection gave a row that its table cannot hold. Names the column, never the value. */
export class RowInvalid extends Error {
  override readonly name = 'RowInvalid';
}

/** A table or column has a name or a form that SQLite and PostgreSQL do not share. */
export class TableInvalid extends Error {
  override readonly name = 'TableInvalid';
}

/** Lower case only, so that SQL without quotes means the same on PostgreSQL, which folds it. */
const nameForm = /^[a-z][a-z0-9_]{0,47}$/;

/** Checks a table's names, key and indexes; throws TableInvalid. */
export const tableShape = (table: Table): TableShape => {
  const columns = Object.entries(table.columns).map(([name, type]) => column(name, type));
  const names = columns.map(({ name }) => name);
  for (const name of [table.name, ...names])
    if (!nameForm.test(name))
      throw new TableInvalid(`"${name}" of table "${table.name}" is not in snake_case`);
  const keyIndex = names.indexOf(table.key);
  const key = columns[keyIndex];
  if (key === undefined || key.type !== 'text' || key.nullable)
    throw new TableInvalid(`the key of table "${table.name}" is not one of its text columns`);
  for (const missing of table.indexes.flat().filter((name) => !names.includes(name)))
    throw new TableInvalid(`table "${table.name}" has an index on "${missing}", which it lacks`);
  return { name: table.name, key: table.key, keyIndex, columns, indexes: table.indexes };
};

const columnTypes: { readonly [type: string]: Omit<Column, 'name'> } = {
  text: { type: 'text', nullable: false },
  'text?': { type: 'text', nullable: true },
  integer: { type: 'integer', nullable: false },
  'integer?': { type: 'integer', nullable: true },
  json: { type: 'json', nullable: false },
  'json?': { type: 'json', nullable: true },
};

const column = (name: string, type: string): Column => {
  const known = columnTypes[type];
  if (known === undefined) throw new TableInvalid(`column "${name}" has no type "${type}"`);
  return { name, ...known };
};

/**
 * The row as the database will give it back, frozen, with its columns in the table's order. Folding
 * on with this one, and never with what the projection returned, is what makes a fold in memory and
 * a fold through the database the same. Throws RowInvalid.
 */
export const conformed = (shape: TableShape, key: string, row: ViewRow): ViewRow => {
  const given = Object.keys(row).length;
  if (given > shape.columns.length) throw unknownColumn(shape, row);
  const result: { [column: string]: Cell } = {};
  for (const column of shape.columns) result[column.name] = cell(shape, column, row[column.name]);
  if (result[shape.key] !== storableText(key))
    throw new RowInvalid(`a row of "${shape.name}" does not hold the key that it was folded for`);
  return Object.freeze(result);
};

const cell = (shape: TableShape, column: Column, value: Cell | undefined): Cell => {
  if (value === null && column.nullable) return null;
  if (column.type === 'integer') {
    // Adding zero turns −0, which no database keeps, into 0.
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value + 0;
  } else if (typeof value === 'string') return storableText(value);
  throw new RowInvalid(
    `column "${column.name}" of "${shape.name}" holds no ${column.nullable ? 'null or ' : ''}` +
      column.type,
  );
};

const unknownColumn = (shape: TableShape, row: ViewRow): RowInvalid => {
  const names = new Set(shape.columns.map(({ name }) => name));
  const unknown = Object.keys(row).find((name) => !names.has(name));
  return new RowInvalid(`table "${shape.name}" has no column "${unknown}"`);
};

/**
 * NUL ends a text in SQLite's reader and is refused by PostgreSQL; half a surrogate pair has no
 * UTF-8. Both become U+FFFD before they are stored, so that what is folded is what is read back.
 */
const nul = /\0/g;
export const storableText = (text: string): string =>
  text.isWellFormed() && !text.includes('\0') ? text : text.toWellFormed().replace(nul, '\ufffd');

export const cellsOf = (shape: TableShape, row: ViewRow): Cells =>
  shape.columns.map(({ name }) => row[name] ?? null);

export const rowOf = (shape: TableShape, cells: Cells): ViewRow => {
  const row: { [column: string]: Cell } = {};
  shape.columns.forEach(({ name }, index) => {
    row[name] = cells[index] ?? null;
  });
  return Object.freeze(row);
};
