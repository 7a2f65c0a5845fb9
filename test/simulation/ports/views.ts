import type { Position, ViewRow } from '#kernel';
import { CheckpointMoved, ViewQueryFailed, type ViewBatch, type ViewStore } from '#view-store';
import type { Life } from '../machine/life.js';

/** The tables of the views, on the disk of the simulated machine. */
export class ViewTables {
  position: Position | null = null;
  readonly #tables = new Map<string, Map<string, ViewRow>>();

  rowsOf(table: string): ReadonlyMap<string, ViewRow> {
    return this.#tables.get(table) ?? new Map();
  }

  /** All of a batch, or nothing. */
  commit({ after, position, changes }: ViewBatch): void {
    if (after !== this.position) throw new CheckpointMoved(`the views stand at ${this.position}`);
    for (const { table, key, row } of changes) {
      const rows = this.#tables.get(table) ?? new Map<string, ViewRow>();
      this.#tables.set(table, rows);
      if (row) rows.set(key, row);
      else rows.delete(key);
    }
    this.position = position;
  }
}

const noSql = () => Promise.reject(new ViewQueryFailed('there is no SQL here'));

/** The views as one process reaches them. Nobody asks them in SQL here. */
export const viewsOf = (life: Life, tables: ViewTables): ViewStore => ({
  query: noSql,
  all: { query: noSql },
  position: () => tables.position,
  reached: async (position) => tables.position !== null && tables.position >= position,
  rows: async (table, keys) => {
    await life.read(`rows of ${table}`);
    const rows = tables.rowsOf(table);
    return new Map(
      keys.flatMap((key) => {
        const row = rows.get(key);
        return row ? [[key, row] as const] : [];
      }),
    );
  },
  commit: async (batch) => {
    await life.effect(`project ${batch.position}`);
    tables.commit(batch);
    await life.effect(`projected ${batch.position}`);
  },
  close: async () => {},
});
