import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../port.js';
import { errorOf } from './failures.js';
import type { ExchangeKind, Exchanges, Told, WorkerOptions } from './protocol.js';

type Waiting = {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
};

/** The line to the worker: questions are answered, or fail when the worker goes away. */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #gone: ((error: Error) => void)[] = [];
  #failure: Error | null = null;
  #asked = 0;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Starts the worker and opens the files. Throws as `openEmbedded` says. */
  static open(
    options: WorkerOptions,
  ): Promise<{ readonly link: WorkerLink; readonly epoch: string; readonly head: number }> {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: options });
    const link = new WorkerLink(worker);
    return new Promise((resolve, reject) => {
      worker.on('message', (told: Told) => {
        if (told.kind === 'ready') resolve({ link, epoch: told.epoch, head: told.head });
        else if (told.kind === 'failed') reject(errorOf(told.failure));
        else link.#heard(told);
      });
      const lost = (detail: string): void => {
        const error = new StoreUnavailable(detail);
        reject(error);
        link.#lost(error);
      };
      worker.on('error', (error) => lost(`the log's worker failed: ${error.message}`));
      worker.on('exit', () => lost('the log has been closed'));
    });
  }

  /** Asks the worker. Throws StoreUnavailable once it is gone, else what the worker threw. */
  ask<Kind extends ExchangeKind>(
    kind: Kind,
    ask: Exchanges[Kind]['ask'],
  ): Promise<Exchanges[Kind]['answer']> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#asked += 1;
    const number = this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#worker.postMessage({ number, kind, ask });
    });
  }

  /** Calls back once, when the worker is gone for whatever reason. */
  onGone(callback: (error: Error) => void): void {
    if (this.#failure === null) this.#gone.push(callback);
    else callback(this.#failure);
  }

  /** Closes the files and waits until the thread has ended. */
  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.onGone(() => resolve()));
    await this.ask('close', null);
    await ended;
  }

  #heard(told: Extract<Told, { readonly number: number }>): void {
    const waiting = this.#waiting.get(told.number);
    this.#waiting.delete(told.number);
    if (told.kind === 'answer') waiting?.resolve(told.answer as never);
    else waiting?.reject(errorOf(told.failure));
  }

  #lost(error: Error): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    for (const callback of this.#gone) callback(error);
  }
}
