import type { Calls, Serving } from '../database/calls.js';

/** What travels between the threads: plain data, which structured clone copies. */

export type Role =
  'views-writer' | 'views-reader' | 'views-replacer' | 'followers' | 'followers-beside';

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

/** The calls of one open database; `close` ends it. */
export type Served = { readonly calls: Serving<Calls>; readonly close: () => void };
