import type { Log } from './http/log.js';

/** Something to be ended, in its turn. */
export type Closer = { readonly name: string; readonly close: () => Promise<void> | void };

export type ShutdownOptions = {
  /** Says "not ready", so that balancers stop sending. Called first. */
  readonly drain: () => void;
  /** How long balancers are given to notice. */
  readonly drainMs: number;
  /** In order: stop accepting, finish what is under way, followers, stores. */
  readonly closers: readonly Closer[];
  /** For all the closers together; whatever is left then is left. */
  readonly closeMsMax: number;
  readonly exit: (code: number) => void;
  readonly log: Log;
};

export const SHUTDOWN_LIMITS = {
  /** On one machine nobody balances. */
  embedded: { drainMs: 0, closeMsMax: 10_000 },
  balanced: { drainMs: 5_000, closeMsMax: 20_000 },
} as const;

const EXIT_FORCED = 1;

/**
 * Ends the process in good order, once: not ready, a pause, then each closer in turn, then exit 0.
 * A closer that fails is logged and the next one runs. When the time is up, or `stop` is called a
 * second time, the process exits at once with 1.
 */
export class Shutdown {
  private under: Promise<void> | null = null;
  private readonly hurry = new AbortController();

  constructor(private readonly options: ShutdownOptions) {}

  /** Begins, or at the second call ends at once. Resolves after `exit` was called. */
  stop(reason: string): Promise<void> {
    if (this.under !== null) this.hurry.abort();
    this.under ??= this.run(reason);
    return this.under;
  }

  /** Listens for SIGTERM and SIGINT on `source`; returns what takes the listeners off again. */
  listen(source: NodeJS.EventEmitter): () => void {
    const heard = (signal: string): void => void this.stop(signal);
    const signals = ['SIGTERM', 'SIGINT'];
    for (const signal of signals) source.on(signal, heard);
    return () => {
      for (const signal of signals) source.off(signal, heard);
    };
  }

  private async run(reason: string): Promise<void> {
    const { drain, drainMs, closeMsMax, exit, log } = this.options;
    log.info({ reason }, 'shutting down');
    drain();
    await pause(drainMs, this.hurry.signal);
    const isDone = await Promise.race([
      this.closeAll(),
      pause(closeMsMax, this.hurry.signal).then(() => false),
    ]);
    if (!isDone) log.warn({ reason: 'time is up, or asked twice' }, 'shut down in a hurry');
    exit(isDone ? 0 : EXIT_FORCED);
    this.hurry.abort();
  }

  /** Whether all were closed, rather than left for want of time. */
  private async closeAll(): Promise<boolean> {
    for (const { name, close } of this.options.closers) {
      if (this.hurry.signal.aborted) return false;
      try {
        await close();
      } catch (error) {
        this.options.log.error({ closer: name, error }, 'could not be closed');
      }
    }
    return !this.hurry.signal.aborted;
  }
}

/** Waits, or stops waiting when there is no more time to wait. */
const pause = (ms: number, hurry: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (hurry.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      hurry.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    hurry.addEventListener('abort', done);
  });
