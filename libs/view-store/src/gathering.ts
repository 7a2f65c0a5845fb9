/**
 * Gathers a stream into batches without ever waiting for one to fill: what has come while the last
 * batch was worked on is the next. So a single item goes on at once, and a backlog in full batches.
 */
export class Gathering<T> {
  /** Settles once the source has been let go of; never rejects. */
  readonly ended: Promise<void>;
  private readonly items: T[] = [];
  private state: 'open' | 'ended' | { readonly failure: unknown } = 'open';
  private wake: () => void = () => undefined;
  private makeRoom: () => void = () => undefined;
  private dropped = false;

  constructor(
    source: AsyncIterable<T>,
    private readonly batchMax: number,
  ) {
    this.ended = this.pump(source);
  }

  /** The next batch, never empty; null when the source has ended. Throws what the source threw. */
  async next(): Promise<readonly T[] | null> {
    while (this.items.length === 0) {
      if (this.state === 'ended') return null;
      if (this.state !== 'open') throw this.state.failure;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const batch = this.items.splice(0, this.batchMax);
    this.makeRoom();
    return batch;
  }

  /** Nobody will ask for more: the source is let go of as soon as it gives or ends. */
  drop(): void {
    this.dropped = true;
    this.makeRoom();
  }

  private async pump(source: AsyncIterable<T>): Promise<void> {
    try {
      for await (const item of source) {
        if (this.dropped) break;
        this.items.push(item);
        this.wake();
        if (this.items.length >= this.batchMax)
          await new Promise<void>((resolve) => {
            this.makeRoom = resolve;
          });
      }
      this.state = 'ended';
    } catch (failure) {
      this.state = { failure };
    }
    this.wake();
  }
}
