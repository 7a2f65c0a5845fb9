import type { Cell } from '#kernel';
import type { Cells, TableShape } from '../table-shape.js';
import type { BesideCalls, FollowersCalls } from '../followers/calls.js';

/** What travels between the threads: plain data, which structured clone copies. */

export type Role = 'views-writer' | 'views-reader' | 'followers' | 'followers-beside';

export type Asked = { readonly id: number; readonly call: string; readonly input: unknown };
export type Failure = {
  readonly name: string;
  readonly message: string;
  readonly cause: string | null;
};
export type Answer = {
  readonly id: number;
  readonly output: unknown;
  readonly failure: Failure | null;
};

export type Calls = { readonly [call: string]: (input: never) => unknown };
/** The calls of one open database; `close` ends it. */
export type Served = { readonly calls: Calls; readonly close: () => void };

export type OpenViews = {
  readonly file: string;
  /** Building: without indexes and without durability, for a file that is swapped in when whole. */
  readonly mode: 'live' | 'building';
  readonly fingerprint: string;
  readonly tables: readonly TableShape[];
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
  readonly open: (input: OpenViews) => { readonly position: string | null };
  readonly rows: (input: {
    readonly table: string;
    readonly keys: readonly string[];
  }) => readonly Cells[];
  readonly commit: (input: WireBatch) => void;
  /** Ends a building: the indexes. */
  readonly finish: (input: null) => void;
  /** Leaves one file without a WAL beside it; throws ViewsInUse while anybody else reads it. */
  readonly seal: (input: { readonly file: string }) => void;
};

/** Beside: another process owns the file; it must exist and is only read. */
export type OpenToRead = { readonly file: string; readonly beside: boolean };

export type ViewsReaderCalls = {
  readonly open: (input: OpenToRead) => void;
  /** From here on every query sees the views as they stand now, until the end. */
  readonly hold: (input: null) => {
    readonly position: string | null;
    readonly fingerprint: string;
  };
  readonly query: (input: { readonly sql: string; readonly parameters: readonly Cell[] }) => {
    readonly columns: readonly string[];
    readonly rows: readonly Cells[];
  };
  readonly position: (input: null) => string | null;
};

export type EmbeddedFollowersCalls = FollowersCalls & {
  readonly open: (input: { readonly file: string }) => void;
};

export type EmbeddedBesideCalls = BesideCalls & {
  /** `asks`: requests may be written; then tables that are missing are made. */
  readonly open: (input: { readonly file: string; readonly asks: boolean }) => void;
};
