import type { Recorded, ViewRow } from '#kernel';
import type { AnyProjection, ReadModel, ViewBatch } from './port.js';
import { parkedRowId, parkedRowsTable, tablesOf } from './read-model.js';
import { conformed, RowInvalid, storableText, type TableShape } from './table-shape.js';

/** A row that stands still from now on, for the operator's log. The error may quote personal data. */
export type ParkedRow = {
  readonly projection: string;
  readonly key: string;
  readonly recorded: Recorded;
  readonly error: unknown;
};

export type FoldOptions = {
  readonly readModel: ReadModel;
  readonly read: (table: string, keys: readonly string[]) => Promise<ReadonlyMap<string, ViewRow>>;
  readonly onParked: (parked: ParkedRow) => void;
  /** True when the tables hold nothing yet: what is not known here then does not exist. */
  readonly startsEmpty: boolean;
};

type Step = {
  readonly projection: AnyProjection;
  readonly recorded: Recorded;
  readonly keys: readonly string[];
};

/** `undefined` is a row that is known not to exist. */
type KnownRows = Map<string, ViewRow | undefined>;

/**
 * Folds events into rows in memory. What it knows of the tables is what they hold, plus `changes`:
 * so whoever uses it commits the changes, or calls `forget` when that failed. A batch and its
 * events one by one give the same rows, because every row is folded event by event either way.
 */
export class Fold {
  private readonly shapes: ReadonlyMap<string, TableShape>;
  private readonly byType: ReadonlyMap<string, readonly AnyProjection[]>;
  private readonly known: ReadonlyMap<string, KnownRows>;
  private readonly changed: ReadonlyMap<string, Set<string>>;
  private complete: boolean;
  private mayHaveParked: boolean;

  constructor(private readonly options: FoldOptions) {
    this.shapes = tablesOf(options.readModel);
    this.byType = projectionsByType(options.readModel);
    this.known = new Map([...this.shapes.keys()].map((table) => [table, new Map()]));
    this.changed = new Map([...this.shapes.keys()].map((table) => [table, new Set()]));
    this.complete = options.startsEmpty;
    this.mayHaveParked = !options.startsEmpty;
  }

  /** Folds `events`, which follow directly on those folded before. */
  async apply(events: readonly Recorded[]): Promise<void> {
    const steps = events.flatMap((recorded) => this.steps(recorded));
    await this.learn(steps);
    for (const step of steps) for (const key of step.keys) this.foldInto(step, key);
  }

  get changedRows(): number {
    let count = 0;
    for (const keys of this.changed.values()) count += keys.size;
    return count;
  }

  /** Every row that differs from what the tables hold. */
  changes(): ViewBatch['changes'] {
    return [...this.changed].flatMap(([table, keys]) =>
      [...keys].map((key) => ({ table, key, row: this.rowsOf(table).get(key) })),
    );
  }

  /** The changes have been committed. Keeps the rows last changed, up to `rowsMax` of a table. */
  committed(rowsMax: number): void {
    for (const keys of this.changed.values()) keys.clear();
    for (const { table, rowPerFact } of this.options.readModel.projections)
      if (rowPerFact) this.rowsOf(table.name).clear();
    for (const rows of this.known.values())
      for (const key of rows.keys()) {
        if (rows.size <= rowsMax) break;
        rows.delete(key);
        this.complete = false;
      }
  }

  /** The changes have been lost: knows nothing any more. */
  forget(): void {
    this.committed(0);
    this.complete = false;
    this.mayHaveParked = true;
  }

  private steps(recorded: Recorded): readonly Step[] {
    const steps: Step[] = [];
    for (const projection of this.byType.get(recorded.type) ?? []) {
      if (!projection.streams.some((prefix) => recorded.stream.startsWith(prefix))) continue;
      const keys = this.keys(projection, recorded);
      if (keys.length > 0) steps.push({ projection, recorded, keys });
    }
    return steps;
  }

  private keys(projection: AnyProjection, recorded: Recorded): readonly string[] {
    try {
      const keys = twice(() => projection.keys(recorded));
      return keys.length > 1 ? [...new Set(keys.map(storableText))] : keys.map(storableText);
    } catch (error) {
      // Whose row it is cannot be known, so none stands still; the event itself is on the list.
      this.park({ projection: projection.name, key: `event ${recorded.id}`, recorded, error });
      return [];
    }
  }

  /** Reads the rows that the steps need and that are not known, once for all of them. */
  private async learn(steps: readonly Step[]): Promise<void> {
    if (this.complete) return;
    const missing = new Map<string, Set<string>>();
    const need = (table: string, key: string) => {
      if (this.rowsOf(table).has(key)) return;
      const keys = missing.get(table);
      if (keys === undefined) missing.set(table, new Set([key]));
      else keys.add(key);
    };
    for (const { projection, keys } of steps)
      for (const key of keys) {
        if (!projection.rowPerFact) need(projection.table.name, key);
        if (this.mayHaveParked) need(parkedRowsTable.name, parkedRowId(projection.name, key));
      }
    await Promise.all([...missing].map(([table, keys]) => this.learnRows(table, [...keys])));
  }

  private async learnRows(table: string, keys: readonly string[]): Promise<void> {
    const rows = await this.options.read(table, keys);
    for (const key of keys) this.rowsOf(table).set(key, rows.get(key));
  }

  private foldInto({ projection, recorded }: Step, key: string): void {
    const parkedRows = this.rowsOf(parkedRowsTable.name);
    if (this.mayHaveParked && parkedRows.get(parkedRowId(projection.name, key)) !== undefined)
      return;
    const { name } = projection.table;
    const row = this.rowsOf(name).get(key);
    try {
      const next = twice(() => {
        const projected = projection.project(row, recorded, key);
        if (projected === undefined || projected === row) return projected;
        return conformed(this.shapeOf(name), key, projected);
      });
      if (next !== row) this.set(name, key, next);
    } catch (error) {
      this.park({ projection: projection.name, key, recorded, error });
    }
  }

  private park(parked: ParkedRow): void {
    const { projection, key, recorded, error } = parked;
    const id = parkedRowId(projection, key);
    const row = {
      id,
      projection,
      row_key: key,
      event_id: recorded.id,
      type: recorded.type,
      stream: recorded.stream,
      position: recorded.position,
      reason: reasonOf(error),
    };
    this.mayHaveParked = true;
    this.set(parkedRowsTable.name, id, conformed(this.shapeOf(parkedRowsTable.name), id, row));
    this.options.onParked(parked);
  }

  /** Known last is kept longest: a row that changes moves to the end. */
  private set(table: string, key: string, row: ViewRow | undefined): void {
    const rows = this.rowsOf(table);
    rows.delete(key);
    rows.set(key, row);
    this.changed.get(table)?.add(key);
  }

  private rowsOf(table: string): KnownRows {
    return found(this.known.get(table), table);
  }

  private shapeOf(table: string): TableShape {
    return found(this.shapes.get(table), table);
  }
}

const found = <T>(value: T | undefined, table: string): T => {
  if (value === undefined) throw new Error(`the read model has no table "${table}"`);
  return value;
};

const projectionsByType = ({ projections }: ReadModel): Map<string, readonly AnyProjection[]> => {
  const byType = new Map<string, readonly AnyProjection[]>();
  for (const projection of projections)
    for (const type of projection.types)
      byType.set(type, [...(byType.get(type) ?? []), projection]);
  return byType;
};

/** A projection is pure, so the second try is for what is not its own: memory, a stack at its end. */
const twice = <T>(work: () => T): T => {
  try {
    return work();
  } catch {
    return work();
  }
};

const reasonLengthMax = 200;

/**
 * Why a row stands still, without anything personal: only our own words and the language's own
 * about a value's kind are kept; other messages (a parser's, say) quote what they could not read.
 */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'something that is no Error was thrown';
  const told = error instanceof RowInvalid || error instanceof TypeError;
  return (told ? `${error.name}: ${error.message}` : error.name).slice(0, reasonLengthMax);
};
