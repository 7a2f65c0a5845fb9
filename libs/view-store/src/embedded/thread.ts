import { Worker } from 'node:worker_threads';
import {
  CheckpointMoved,
  DividedOtherwise,
  LeaseLost,
  ViewQueryFailed,
  ViewStoreUnavailable,
} from '../port.js';
import type { Caller, Calls } from '../database/calls.js';
import type { Answer, Asked, Failure, Role } from './wire.js';
import { anyOutput } from './wire-codec.js';
import {
  OtherFingerprint,
  StoreLimitReached,
  ViewsInUse,
  ViewsUnreadable,
} from '../database/errors.js';

/** Calls that may wait for a thread at once; whoever comes next is told at once. */
const pendingCallsMax = 10_000;

type Pending = {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
};

/** One database's worker thread, called like a function. Calls are done in the order of asking. */
export class Thread<Served extends Calls> implements Caller<Served> {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private readonly exited: Promise<void>;
  private gone: Error | null = null;
  private lastId = 0;

  constructor(role: Role) {
    this.worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: role,
      name: `casement ${role}`,
    });
    this.worker.on('message', (answer: Answer) => this.settle(answer));
    this.worker.on('error', (error) => this.die(error));
    this.exited = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.die(new Error('the thread has ended'));
        resolve();
      });
    });
  }

  /** The output of one call; throws what the call threw, or ViewStoreUnavailable. */
  call<Name extends keyof Served & string>(
    call: Name,
    input: Parameters<Served[Name]>[0],
  ): Promise<ReturnType<Served[Name]>> {
    return new Promise((resolve, reject) => {
      if (this.gone !== null || this.pending.size >= pendingCallsMax) {
        const reason = this.gone === null ? 'too many calls wait' : 'it has been closed';
        reject(new ViewStoreUnavailable(`the view store cannot ${call}: ${reason}`));
        return;
      }
      const id = (this.lastId += 1);
      this.pending.set(id, { resolve: anyOutput(resolve), reject });
      this.post({ id, call, input });
    });
  }

  /** Lets the calls under way finish, closes the database and ends the thread. */
  async close(): Promise<void> {
    if (this.gone === null) {
      this.gone = new Error('closed');
      this.post({ id: 0, call: 'close', input: null });
    }
    await this.exited;
  }

  private post(asked: Asked): void {
    this.worker.postMessage(asked);
  }

  private settle(answer: Answer): void {
    const pending = this.pending.get(answer.id);
    if (pending === undefined) return;
    this.pending.delete(answer.id);
    if (answer.failure === null) pending.resolve(answer.output);
    else pending.reject(revived(answer.failure));
  }

  private die(cause: Error): void {
    this.gone ??= cause;
    for (const { reject } of this.pending.values())
      reject(new ViewStoreUnavailable('the thread of the view store has ended', { cause }));
    this.pending.clear();
  }
}

const errors = {
  CheckpointMoved,
  DividedOtherwise,
  LeaseLost,
  OtherFingerprint,
  StoreLimitReached,
  ViewQueryFailed,
  ViewsInUse,
  ViewsUnreadable,
};

/** An error of another thread as the class it was there, so that `instanceof` holds here too. */
const revived = ({ name, message, cause }: Failure): Error => {
  const options = cause === null ? {} : { cause: new Error(cause) };
  const known = Object.entries(errors).find(([errorName]) => errorName === name);
  return known === undefined ? new Error(message, options) : new known[1](message, options);
};
