import type { Role } from './wire.js';

/**
 * What crosses from libsql or a thread loses its type on the way. It gets it back here, and each
 * function says why it may.
 */

/** libsql types the rows of any statement as unknown; in raw mode they are arrays. */
export const rawFrom = (rows: Iterable<unknown>): Iterable<readonly unknown[]> =>
  rows as Iterable<readonly unknown[]>;

/** The role that the thread's other side set. */
export const roleFrom = (workerData: unknown): Role => workerData as Role;

/** The input of a call was made for this very call by the typed side of the thread. */
export const inputFrom = (input: unknown): never => input as never;

/** The output of a call was made by the same call of the same build. */
export const anyOutput = <Output>(resolve: (output: Output) => void): ((o: unknown) => void) =>
  resolve as (output: unknown) => void;
