import type { status } from '@grpc/grpc-js';
import { CallFailed, notLeader } from './wire/errors.js';

/** `cut`: every connection ends instead. `silence`: nothing is ever said. */
export type Dropping = 'cut' | 'silence';

/** What goes wrong between the client and the log, while a test wants it to. */
export class Faults {
  readonly #cut: () => void;
  #failure: CallFailed | null = null;
  #healed: Promise<void> | null = null;
  #letGo = (): void => undefined;
  #drops: { left: number; readonly how: Dropping } = { left: 0, how: 'silence' };

  constructor(cut: () => void) {
    this.#cut = cut;
  }

  /** New calls, and batches of calls that stand, are answered with this status. */
  answer(code: status, details: string): void {
    this.#failure = new CallFailed(code, details);
  }

  /** New calls, and batches of calls that stand, are sent to another node. */
  lead(leader: { readonly host: string; readonly port: number }): void {
    this.#failure = notLeader(leader);
  }

  /** Takes connections and calls, and says nothing any more, not to those who are live either. */
  hang(): void {
    this.#healed ??= new Promise((resolve) => {
      this.#letGo = resolve;
    });
  }

  /** The next so many writes are done, and their answers lost. */
  dropAnswers(count: number, how: Dropping): void {
    this.#drops = { left: count, how };
  }

  /** Everything is well again; what hung goes on. */
  heal(): void {
    this.#failure = null;
    this.#drops = { left: 0, how: 'silence' };
    this.#healed = null;
    this.#letGo();
  }

  /** What each call passes before it does anything. Throws CallFailed. */
  async pass(): Promise<void> {
    await this.#healed;
    if (this.#failure !== null) throw this.#failure;
  }

  /** What each answer passes before it is sent. */
  async hold(): Promise<void> {
    await this.#healed;
  }

  /** Whether the answer to a write that has been done is lost now. */
  loses(): boolean {
    if (this.#drops.left === 0) return false;
    this.#drops.left -= 1;
    if (this.#drops.how === 'cut') this.#cut();
    return true;
  }
}
