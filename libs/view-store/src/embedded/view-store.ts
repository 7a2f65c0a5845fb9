import type { Cell, Position, ViewRow } from '#kernel';
import {
  CheckpointMoved,
  ViewStoreUnavailable,
  type ReadModel,
  type ViewBatch,
  type ViewStore,
} from '../port.js';
import { fingerprint, tablesOf } from '../read-model.js';
import { cellsOf, rowOf, type Cells, type TableShape } from '../table-shape.js';
import { Waiters } from '../waiters.js';
import type { TableChanges, ViewsReaderCalls, ViewsWriterCalls } from './calls.js';
import { Thread } from './thread.js';
import { asPosition } from '../followers/positions.js';
import { rowsFrom } from './wire-codec.js';

/** How often a waiter looks whether another process has moved the checkpoint. */
const checkpointPollMs = 25;

export type OpenViewStore = {
  readonly file: string;
  readonly readModel: ReadModel;
  readonly mode: 'live' | 'building';
};

/** One file of views behind two threads: one writes, one reads beside it. */
export class EmbeddedViewStore implements ViewStore {
  private readonly waiters: Waiters;
  private polling: NodeJS.Timeout | null = null;

  private constructor(
    private readonly writer: Thread<ViewsWriterCalls>,
    private readonly reader: Thread<ViewsReaderCalls> | null,
    private readonly tables: ReadonlyMap<string, TableShape>,
    position: Position | null,
  ) {
    this.waiters = new Waiters(position);
  }

  /** Throws OtherFingerprint when the file holds the views of another read model. */
  static async open({ file, readModel, mode }: OpenViewStore): Promise<EmbeddedViewStore> {
    const tables = tablesOf(readModel);
    const writer = new Thread<ViewsWriterCalls>('views-writer');
    // Nobody reads a file that is being built, and its writer locks it.
    const reader = mode === 'live' ? new Thread<ViewsReaderCalls>('views-reader') : null;
    try {
      const { position } = await writer.call('open', {
        file,
        mode,
        fingerprint: fingerprint(readModel),
        tables: [...tables.values()],
      });
      await reader?.call('open', { file, beside: false });
      return new EmbeddedViewStore(writer, reader, tables, asPosition(position));
    } catch (error) {
      await Promise.all([writer.close(), reader?.close()]);
      throw error;
    }
  }

  async query<Row extends ViewRow>(
    sql: string,
    parameters: readonly Cell[],
  ): Promise<readonly Row[]> {
    return rowsFrom<Row>(await this.reading().call('query', { sql, parameters }));
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
      if (error instanceof CheckpointMoved) await this.look();
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

  private reading(): Thread<ViewsReaderCalls> {
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

  private async look(): Promise<void> {
    const position = asPosition(await this.reading().call('position', null));
    if (position !== null) this.waiters.advance(position);
  }

  /** In one process `commit` wakes the waiters long before the first look. */
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
    }, checkpointPollMs);
  }
}
