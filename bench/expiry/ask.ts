/** What the engine is asked: what its deadlines cost, or to let so many windows close in a second. */
export type Ask =
  | { readonly kind: 'armed' }
  | { readonly kind: 'expire'; readonly round: number; readonly count: number };

/** What the armed deadlines cost, in MB, after a collection. */
export type Armed = { readonly kind: 'armed'; readonly memoryMb: number };

/** After the window's end, by the domain's clock: when it was decided, and when the fact was read. */
export type Lateness = { readonly decidedMs: number; readonly durableMs: number };

export type Expired = { readonly kind: 'expired'; readonly late: readonly Lateness[] };
