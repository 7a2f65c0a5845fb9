import { createHash } from 'node:crypto';
import type { ViewRow } from '#kernel';
import { canonicalJson } from './canonical-json.js';
import type { ReadModel, ReadableViews } from './port.js';
import { tablesOf } from './read-model.js';
import { firstPageByKey, pageByKey } from './sql.js';
import type { TableShape } from './table-shape.js';

const pageRowsMax = 1_000;

/** SHA-256 (hex) of each table's rows in the order of their keys, and of all tables together. */
export type ViewsDigest = {
  readonly overall: string;
  readonly tables: { readonly [table: string]: string };
};

/** Equal for two stores exactly when their views hold the same rows, whatever database they use. */
export const digest = async (views: ReadableViews, readModel: ReadModel): Promise<ViewsDigest> => {
  const tables: { [table: string]: string } = {};
  for (const shape of sortedTables(readModel)) {
    const hash = createHash('sha256');
    for await (const row of rowsOf(views, shape)) hash.update(`${canonicalJson(row)}\n`);
    tables[shape.name] = hash.digest('hex');
  }
  return { overall: createHash('sha256').update(canonicalJson(tables)).digest('hex'), tables };
};

/** Rows as canonical JSON, null where one side has none. Keys and rows may hold personal data. */
export type ViewsDifference = {
  readonly table: string;
  readonly key: string;
  readonly a: string | null;
  readonly b: string | null;
};

/** The first row, by table and key, in which two stores differ; null when they are the same. */
export const compare = async (
  a: ReadableViews,
  b: ReadableViews,
  readModel: ReadModel,
): Promise<ViewsDifference | null> => {
  for (const shape of sortedTables(readModel)) {
    const difference = await compareTable(a, b, shape);
    if (difference !== null) return difference;
  }
  return null;
};

const compareTable = async (
  a: ReadableViews,
  b: ReadableViews,
  shape: TableShape,
): Promise<ViewsDifference | null> => {
  const others = rowsOf(b, shape);
  const key = (row: ViewRow): string => String(row[shape.key]);
  for await (const row of rowsOf(a, shape)) {
    const other = await others.next();
    if (other.done) return { table: shape.name, key: key(row), a: canonicalJson(row), b: null };
    const texts = [canonicalJson(row), canonicalJson(other.value)] as const;
    if (texts[0] !== texts[1]) return differing(shape.name, [key(row), key(other.value)], texts);
  }
  const more = await others.next();
  if (more.done) return null;
  return { table: shape.name, key: key(more.value), a: null, b: canonicalJson(more.value) };
};

/** Of two rows at the same place, the one with the lower key is missing from the other side. */
const differing = (
  table: string,
  [keyA, keyB]: readonly [string, string],
  [a, b]: readonly [string, string],
): ViewsDifference => {
  const order = Buffer.compare(Buffer.from(keyA), Buffer.from(keyB));
  if (order < 0) return { table, key: keyA, a, b: null };
  if (order > 0) return { table, key: keyB, a: null, b };
  return { table, key: keyA, a, b };
};

const sortedTables = (readModel: ReadModel): readonly TableShape[] =>
  [...tablesOf(readModel).values()].toSorted((x, y) => (x.name < y.name ? -1 : 1));

/** Page by page, so that a table of any size is compared in little memory. */
async function* rowsOf(
  views: ReadableViews,
  shape: TableShape,
): AsyncGenerator<ViewRow, undefined> {
  let page = await views.query(firstPageByKey(shape), [pageRowsMax]);
  while (page.length > 0) {
    yield* page;
    if (page.length < pageRowsMax) return;
    page = await views.query(pageByKey(shape), [page.at(-1)?.[shape.key] ?? null, pageRowsMax]);
  }
}
