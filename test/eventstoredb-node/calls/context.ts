import type { Metadata } from '@grpc/grpc-js';
import type { Faults } from '../faults.js';
import type { NodeLog } from '../log/log.js';

/** What the calls are answered from. */
export type Context = {
  readonly log: NodeLog;
  readonly faults: Faults;
  /** Of one append, all its events together. */
  readonly appendBytesMax: number;
  /** How long a write may take before the writer is told that it timed out. */
  readonly writeTimeoutMs: number;
  /** Throws CallFailed when whoever calls may not. */
  readonly admit: (headers: Metadata) => void;
};
