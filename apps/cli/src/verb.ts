import type { Environment } from '#edge';

export const exits = {
  done: 0,
  /** What was examined is not in order, or what was asked could not be done. */
  problem: 1,
  usage: 2,
  /** The one with which the engine refuses to start (sysexits.h). */
  badConfiguration: 78,
  /** 128 and the number of SIGINT, as shells say it. */
  interrupted: 130,
} as const;

export type Terminal = {
  readonly environment: Environment;
  /** A line of the result: stdout. */
  readonly out: (line: string) => void;
  /** Resolves once stdout has taken what was written: whoever writes much waits for it. */
  readonly taken: () => Promise<void>;
  /** A line for whoever watches, be it progress or an error: stderr. */
  readonly tell: (line: string) => void;
  readonly interrupted: AbortSignal;
};

export type Request = {
  /** Absolute. */
  readonly dataDirectory: string;
  /** As the engine would see it, with `--data-dir` in its place. */
  readonly environment: Environment;
  readonly flags: Flags;
  /** What was typed besides the verb and its flags; null for a verb that takes nothing, or nothing. */
  readonly subject: string | null;
};

export type Flags = { readonly [name: string]: string | boolean | undefined };

/** Does what was asked and gives the exit code. */
export type Run = (request: Request, terminal: Terminal) => Promise<number>;

export type Verb = {
  /** What is typed: `parked list`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: { readonly [name: string]: Flag };
  /** What the one word stands for that may follow the verb. */
  readonly takes?: string;
  /** Loaded by need: help is given at once, without the engine's code. */
  readonly load: () => Promise<Run>;
};

export type Flag = {
  readonly type: 'boolean' | 'string';
  /** What stands for the value in the usage: `NAME`. */
  readonly value?: string;
  readonly means: string;
};

/** What was typed makes no sense. The usage is shown with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
