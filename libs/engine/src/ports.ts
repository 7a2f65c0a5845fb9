/**
 * Domain time: what decisions, deadlines and views mean by "now". In the simulator it can be frozen
 * and moved forwards; leases, tokens and HTTP timeouts never use it.
 */
export interface Clock {
  /** Whole milliseconds since 1970. */
  now(): number;
  /** Resolves once `now() >= epochMs`, also after the clock was moved, or when `signal` aborts. */
  until(epochMs: number, signal: AbortSignal): Promise<void>;
}

/** Ids and other chance: never called in a domain. */
export interface Chance {
  /** A random UUID. */
  uuid(): string;
  /** A random id of 20 lower-case letters and digits (103 bits), time-ordered to the second. */
  id(): string;
  /** Uniform in [0, 1): jitter. */
  fraction(): number;
}

/** Elapsed time by the wall, for waits and deadlines of calls; unaffected by the domain clock. */
export interface Timer {
  /** Milliseconds that only ever grow. */
  monotonicMs(): number;
  /** Waits, or rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
