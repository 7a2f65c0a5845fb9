import type { ViewsReaderCalls, ViewsWriterCalls } from '../database/calls.js';
import type { BesideCalls, FollowersCalls } from '../followers/calls.js';
import type { TableShape } from '../table-shape.js';

/** What is asked of a thread besides what is asked of any database: its file. */

export type OpenViews = {
  readonly file: string;
  /**
   * Building: without indexes and without durability, for a file that is swapped in when whole. Aside:
   * the same, for a file that others read meanwhile and that is never swapped in.
   */
  readonly mode: 'live' | 'building' | 'aside';
  readonly fingerprint: string;
  readonly tables: readonly TableShape[];
};

export type ViewsFileWriterCalls = ViewsWriterCalls & {
  readonly open: (input: OpenViews) => { readonly position: string | null };
  /** Leaves one file without a WAL beside it; throws ViewsInUse while anybody else reads it. */
  readonly seal: (input: { readonly file: string }) => void;
};

export type ViewsFileReaderCalls = ViewsReaderCalls & {
  /** Beside: another process owns the file; it must exist and is only read. */
  readonly open: (input: { readonly file: string; readonly beside: boolean }) => void;
  /** From here on every query sees the views as they stand now, until the end. */
  readonly hold: (input: null) => {
    readonly position: string | null;
    readonly fingerprint: string;
  };
};

export type ViewsReplacerCalls = {
  /** Views of an engine that goes on, and fresh ones, which somebody else has open. */
  readonly open: (input: { readonly file: string; readonly fresh: string }) => void;
  /** From here on nobody else writes the views; where they stand. */
  readonly lock: (input: null) => { readonly position: string | null };
  /** Commits that the views hold what the fresh ones hold. Fresh ones stand where `lock` has said. */
  readonly replace: (input: { readonly tables: readonly TableShape[] }) => void;
};

export type EmbeddedFollowersCalls = FollowersCalls & {
  readonly open: (input: { readonly file: string }) => void;
};

export type EmbeddedBesideCalls = BesideCalls & {
  /** `asks`: requests may be written; then tables that are missing are made. */
  readonly open: (input: { readonly file: string; readonly asks: boolean }) => void;
};
