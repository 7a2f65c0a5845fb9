import type { ExpectedNumber } from '../expectation.js';
import type { StreamDeletion, StreamMetadata } from '../port.js';

/** What the caller's thread and the worker say to each other. Revisions and positions are numbers. */
export type WorkerOptions = {
  readonly directory: string;
  readonly keyEncryptionKey: Uint8Array;
  readonly readOnly: boolean;
  readonly testing: TestingOptions;
};

/** What only tests ask for: a slow disk, and a disk that is full at so many pages. */
export type TestingOptions = {
  readonly commitDelayMs?: number;
  readonly pagesMax?: number;
  /** In place of `APPEND_BYTES_MAX`, for who keeps more in an event than was put in it. */
  readonly appendBytesMax?: number;
};

export type AppendRequest = {
  readonly stream: string;
  readonly expected: ExpectedNumber;
  readonly events: readonly EventText[];
};

/** The chain up to and including one event: the checksum of that row covers all rows before it. */
export type Link = { readonly position: number; readonly crc: number };

/** `data` and `metadata` are JSON text: the worker neither reads nor writes JSON. */
export type EventText = {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
};

export type AppendAnswer =
  | { readonly kind: 'appended'; readonly revision: number; readonly position: number }
  | { readonly kind: 'conflict'; readonly current: number }
  | { readonly kind: 'deleted' };

/** position, stream, revision, id, type, data, metadata */
export type EventRow = readonly [number, string, number, string, string, string, string];

export type Page = {
  readonly rows: readonly EventRow[];
  readonly readTo: number;
  readonly atEnd: boolean;
};

export type ReadStreamRequest = {
  readonly stream: string;
  readonly backwards: boolean;
  readonly from: number;
  readonly count: number;
  readonly now: number;
};

export type ReadAllRequest = {
  readonly backwards: boolean;
  readonly after: number;
  readonly prefixes: readonly string[];
  readonly types: readonly string[];
  readonly count: number;
};

export type KeyRequest = {
  readonly kind: 'key-for' | 'find' | 'destroy' | 'organisation-key';
  readonly organisationId: string;
  readonly subject: string;
};

export type KeyAnswer =
  | { readonly kind: 'key'; readonly key: Uint8Array }
  | { readonly kind: 'none' }
  | { readonly kind: 'destroyed' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'not-writable'; readonly reason: string };

export type Statistics = {
  readonly commits: number;
  readonly keyCommits: number;
  readonly checkpoints: number;
};

export type Exchanges = {
  readonly append: {
    readonly ask: { readonly appends: readonly AppendRequest[]; readonly now: number };
    readonly answer: readonly AppendAnswer[];
  };
  readonly readStream: {
    readonly ask: ReadStreamRequest;
    readonly answer: readonly EventRow[];
  };
  readonly readAll: { readonly ask: ReadAllRequest; readonly answer: Page };
  readonly head: { readonly ask: null; readonly answer: number };
  readonly getMetadata: { readonly ask: string; readonly answer: StreamMetadata };
  readonly setMetadata: {
    readonly ask: { readonly stream: string; readonly metadata: StreamMetadata };
    readonly answer: null;
  };
  readonly deleteStream: {
    readonly ask: { readonly stream: string; readonly deletion: StreamDeletion };
    readonly answer: null;
  };
  readonly keys: { readonly ask: readonly KeyRequest[]; readonly answer: readonly KeyAnswer[] };
  readonly verifyPage: {
    readonly ask: { readonly before: Link; readonly until: number };
    readonly answer: Link;
  };
  readonly statistics: { readonly ask: null; readonly answer: Statistics };
  readonly close: { readonly ask: null; readonly answer: null };
};

export type ExchangeKind = keyof Exchanges;

export type Asked = {
  [Kind in ExchangeKind]: {
    readonly number: number;
    readonly kind: Kind;
    readonly ask: Exchanges[Kind]['ask'];
  };
}[ExchangeKind];

/**
 * An error in a form that passes between threads. `position` is that of a corrupted row, `stream` the
 * deleted one.
 */
export type Failure = {
  readonly name: string;
  readonly message: string;
  readonly position?: number;
  readonly stream?: string;
};

export type Told =
  | { readonly kind: 'ready'; readonly epoch: string; readonly head: number }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: unknown }
  | { readonly kind: 'failure'; readonly number: number; readonly failure: Failure };
