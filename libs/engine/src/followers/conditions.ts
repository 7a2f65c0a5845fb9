type Waiting = { readonly isSo: () => boolean; readonly resolve: () => void };

/** Lets callers wait until something is so; whoever changes anything calls `tell`. */
export class Conditions {
  #waiting: Waiting[] = [];

  when(isSo: () => boolean): Promise<void> {
    if (isSo()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isSo, resolve }));
  }

  tell(): void {
    if (this.#waiting.length === 0) return;
    const still: Waiting[] = [];
    for (const waiting of this.#waiting)
      if (waiting.isSo()) waiting.resolve();
      else still.push(waiting);
    this.#waiting = still;
  }
}
