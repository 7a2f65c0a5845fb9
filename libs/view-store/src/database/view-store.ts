import type { Cell, OrganisationId, Position, ViewRow } from '#kernel';
import {
  CheckpointMoved,
  ViewQueryFailed,
  ViewStoreUnavailable,
  type ReadableViews,
  type ViewBatch,
  type ViewStore,
} from '../port.js';
import { cellsOf, rowOf, type Cells, type TableShape } from '../table-shape.js';
import { Waiters } from '../waiters.js';
import type { Caller, TableChanges, ViewsReaderCalls, ViewsWriterCalls } from './calls.js';
import { asPosition } from '../followers/positions.js';
import { rowsFrom } from './row-codec.js';
import { statementName } from './statement-name.js';

/** How often a waiter looks whether another process has moved the checkpoint. */
const checkpointPollMs = 25;

export type ViewsCallers = {
  readonly writer: Caller<ViewsWriterCalls>;
  /** Null while the views are being built: nobody reads them. */
  readonly reader: Caller<ViewsReaderCalls> | null;
  readonly tables: ReadonlyMap<string, TableShape>;
  readonly position: Position | null;
};

/** Views in a database, of which one side writes and one reads beside it. */
export class DatabaseViewStore implements ViewStore {
  readonly all: ReadableViews;
  private readonly writer: Caller<ViewsWriterCalls>;
  private readonly reader: Caller<ViewsReaderCalls> | null;
  private readonly tables: ReadonlyMap<string, TableShape>;
  private readonly waiters: Waiters;
  private polling: NodeJS.Timeout | null = null;

  protected constructor({ writer, reader, tables, position }: ViewsCallers) {
    this.writer = writer;
    this.reader = reader;
    this.tables = tables;
    this.waiters = new Waiters(position);
    this.all = { query: (sql, parameters) => this.ask(null, sql, parameters) };
  }

  async query<Row extends ViewRow>(
    organisation: OrganisationId,
    sql: string,
    parameters: readonly Cell[],
  ): Promise<readonly Row[]> {
    const rows = await this.ask<Row>(organisation, sql, parameters);
    // A statement that has forgotten whose rows it wants is a bug that a database may not see.
    if (rows.some(({ organisation_id: whose = organisation }) => whose !== organisation))
      throw new ViewQueryFailed(`${statementName(sql)} gives rows of another organisation`);
    return rows;
  }

  position(): Position | null {
    return this.waiters.position;
  }

  reached(position: Position, timeoutMs: number): Promise<boolean> {
    const reached = this.waiters.wait(position, timeoutMs);
    if (this.waiters.waits) this.poll();
    return reached;
  }

  async rows(table: string, keys: readonly string[]): Promise<ReadonlyMap<string, ViewRow>> {
    if (keys.length === 0) return new Map();
    const shape = this.shapeOf(table);
    const rows = await this.writer.call('rows', { table, keys });
    return new Map(rows.map((cells) => [String(cells[shape.keyIndex]), rowOf(shape, cells)]));
  }

  async commit(batch: ViewBatch): Promise<void> {
    const { after, position } = batch;
    const changes = this.byTable(batch);
    try {
      await this.writer.call('commit', { after, position, changes });
    } catch (error) {
      // Whoever was overtaken begins again from `position()`, which therefore must be the new one.
      if (error instanceof CheckpointMoved && this.reader !== null)
        this.waiters.restart(await this.stored());
      throw error;
    }
    this.waiters.advance(position);
  }

  async close(): Promise<void> {
    if (this.polling !== null) clearTimeout(this.polling);
    this.waiters.end();
    // The reader first: the last connection to leave is the one that clears the WAL away.
    await this.reader?.close();
    await this.writer.close();
  }

  /** Ends a building: writes the indexes. */
  finish(): Promise<void> {
    return this.writer.call('finish', null);
  }

  private async ask<Row extends ViewRow>(
    organisation: OrganisationId | null,
    sql: string,
    parameters: readonly Cell[],
  ): Promise<readonly Row[]> {
    return rowsFrom<Row>(await this.reading().call('query', { organisation, sql, parameters }));
  }

  private reading(): Caller<ViewsReaderCalls> {
    if (this.reader === null) throw new ViewStoreUnavailable('the views are still being built');
    return this.reader;
  }

  private shapeOf(table: string): TableShape {
    const shape = this.tables.get(table);
    if (shape === undefined) throw new Error(`the read model has no table "${table}"`);
    return shape;
  }

  private byTable({ changes }: ViewBatch): readonly TableChanges[] {
    const tables = new Map<string, { upserts: Cells[]; deletes: string[] }>();
    for (const { table, key, row } of changes) {
      const changed = tables.get(table) ?? { upserts: [], deletes: [] };
      tables.set(table, changed);
      if (row === undefined) changed.deletes.push(key);
      else changed.upserts.push(cellsOf(this.shapeOf(table), row));
    }
    return [...tables].map(([table, changed]) => ({
      table,
      upserts: changed.upserts,
      deletes: changed.deletes,
    }));
  }

  /** Looks where the views stand, and wakes those who waited for it. */
  async look(): Promise<void> {
    const position = await this.stored();
    if (position !== null) this.waiters.advance(position);
  }

  /** Another process says where the views stand. */
  moved(position: Position): void {
    this.waiters.advance(position);
  }

  private async stored(): Promise<Position | null> {
    return asPosition(await this.reading().call('position', null));
  }

  /** In one process `commit` wakes the waiters long before the first look. */
  protected pollMs(): number {
    return checkpointPollMs;
  }

  private poll(): void {
    if (this.polling !== null) return;
    this.polling = setTimeout(() => {
      this.look()
        // A store that has been closed answers its waiters itself.
        .catch(() => undefined)
        .finally(() => {
          this.polling = null;
          if (this.waiters.waits) this.poll();
        });
    }, this.pollMs());
  }
}
