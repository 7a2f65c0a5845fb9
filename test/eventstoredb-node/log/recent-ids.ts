const IDS_MAX = 50_000;

type Place = { readonly stream: string; readonly revision: bigint };

/** Where the newest events were written, by their ids. Gone with the process, as in EventStoreDB. */
export class RecentIds {
  readonly #places = new Map<string, Place>();

  put(id: string, place: Place): void {
    if (this.#places.has(id)) return;
    const [oldest] = this.#places.keys();
    if (this.#places.size >= IDS_MAX && oldest !== undefined) this.#places.delete(oldest);
    this.#places.set(id, place);
  }

  revisionOf(id: string, stream: string): bigint | null {
    const place = this.#places.get(id);
    return place?.stream === stream ? place.revision : null;
  }

  forget(id: string): void {
    this.#places.delete(id);
  }
}
