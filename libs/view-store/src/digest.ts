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
  const tables = new Map<string, string>();
  for (const shape of sortedTables(readModel)) {
    const rows = new RowsDigest();
    for await (const row of rowsOf(views, shape)) rows.add(canonicalJson(row));
    tables.set(shape.name, rows.end());
  }
  return overall(tables);
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
  for (const shape of sortedTables(readModel))
    for await (const pair of pairs(a, b, shape)) if (pair.a !== pair.b) return pair;
  return null;
};

/** What two stores hold of one table. */
export type TableComparison = {
  readonly table: string;
  readonly rows: { readonly a: number; readonly b: number };
  /** Rows that only one of them has, or that are not the same. */
  readonly differing: number;
  readonly first: ViewsDifference | null;
};

export type ViewsComparison = {
  readonly digests: { readonly a: ViewsDigest; readonly b: ViewsDigest };
  /** In the order of their names. */
  readonly tables: readonly TableComparison[];
};

/** All that is the same in two stores and all that differs, in one walk through both. */
export const compareAll = async (
  a: ReadableViews,
  b: ReadableViews,
  readModel: ReadModel,
): Promise<ViewsComparison> => {
  const tables: TableComparison[] = [];
  const digests = { a: new Map<string, string>(), b: new Map<string, string>() };
  for (const shape of sortedTables(readModel)) {
    const sides = { a: new RowsDigest(), b: new RowsDigest() };
    let differing = 0;
    let first: ViewsDifference | null = null;
    for await (const pair of pairs(a, b, shape)) {
      sides.a.add(pair.a);
      sides.b.add(pair.b);
      if (pair.a === pair.b) continue;
      differing += 1;
      first ??= pair;
    }
    const rows = { a: sides.a.rows, b: sides.b.rows };
    tables.push({ table: shape.name, rows, differing, first });
    for (const side of ['a', 'b'] as const) digests[side].set(shape.name, sides[side].end());
  }
  return { digests: { a: overall(digests.a), b: overall(digests.b) }, tables };
};

class RowsDigest {
  private readonly hash = createHash('sha256');
  rows = 0;

  add(row: string | null): void {
    if (row === null) return;
    this.rows += 1;
    this.hash.update(`${row}\n`);
  }

  end(): string {
    return this.hash.digest('hex');
  }
}

const overall = (digests: ReadonlyMap<string, string>): ViewsDigest => {
  const tables = Object.fromEntries(digests);
  return { overall: createHash('sha256').update(canonicalJson(tables)).digest('hex'), tables };
};

/** The rows of both in the order of their keys; a key that only one of them has stands alone. */
async function* pairs(
  a: ReadableViews,
  b: ReadableViews,
  shape: TableShape,
): AsyncGenerator<ViewsDifference, undefined> {
  const [ones, others] = [rowsOf(a, shape), rowsOf(b, shape)];
  let [one, other] = [await ones.next(), await others.next()];
  const keyOf = (row: ViewRow): string => String(row[shape.key]);
  while (!one.done || !other.done) {
    const order = one.done ? 1 : other.done ? -1 : byBytes(keyOf(one.value), keyOf(other.value));
    const table = shape.name;
    const [of, at] = [order <= 0 ? one.value : null, order >= 0 ? other.value : null];
    yield {
      table,
      key: keyOf(of ?? at ?? {}),
      a: of ? canonicalJson(of) : null,
      b: at ? canonicalJson(at) : null,
    };
    if (order <= 0) one = await ones.next();
    if (order >= 0) other = await others.next();
  }
}

const byBytes = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));

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
