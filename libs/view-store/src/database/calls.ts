import type { Cell } from '#kernel';
import type { Cells } from '../table-shape.js';
import type { Awaitable } from './connection.js';

/**
 * What may be asked of a database: plain data, so that a call may cross to another thread. Whoever
 * asks is told by a promise, whatever the database is.
 */
export type Calls = { readonly [call: string]: (input: never) => unknown };

/** Whoever performs calls: a database that answers at once does so, another by a promise. */
export type Serving<Of extends Calls> = {
  readonly [Call in keyof Of]: (input: Parameters<Of[Call]>[0]) => Awaitable<ReturnType<Of[Call]>>;
};

/** Whoever may ask; its calls throw ViewStoreUnavailable besides what each call throws. */
export type Caller<Of extends Calls> = {
  readonly call: <Name extends keyof Of & string>(
    call: Name,
    input: Parameters<Of[Name]>[0],
  ) => Promise<ReturnType<Of[Name]>>;
  readonly close: () => Promise<void>;
};

export type TableChanges = {
  readonly table: string;
  readonly upserts: readonly Cells[];
  readonly deletes: readonly string[];
};
export type WireBatch = {
  readonly after: string | null;
  readonly position: string;
  readonly changes: readonly TableChanges[];
};
export type ViewsWriterCalls = {
  readonly rows: (input: {
    readonly table: string;
    readonly keys: readonly string[];
  }) => readonly Cells[];
  readonly commit: (input: WireBatch) => void;
  /** Ends a building: the indexes. */
  readonly finish: (input: null) => void;
};

export type ViewsReaderCalls = {
  readonly query: (input: {
    /** Whose rows may be seen; null: everybody's, where whoever asks may see them. */
    readonly organisation: string | null;
    readonly sql: string;
    readonly parameters: readonly Cell[];
  }) => { readonly columns: readonly string[]; readonly rows: readonly Cells[] };
  readonly position: (input: null) => string | null;
};
