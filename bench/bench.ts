/** What one round has measured, by name. Rates are per second, times in ms, sizes in MB. */
export type Readings = { readonly [reading: string]: number };

/** A line of the table: a reading of Casement beside one of the thinnest code for the same work. */
export type Line = {
  readonly work: string;
  readonly unit: string;
  /** The readings' names. Without a baseline the value itself is held against the aim. */
  readonly casement: string;
  readonly baseline: string | null;
  /** Of Casement's reading divided by the baseline's; null: shown for information. */
  readonly aim: { readonly atLeast: number } | { readonly atMost: number } | null;
};

export type Settings = {
  /** The share of the full work, above 0 and at most 1: less is quicker and says less. */
  readonly scale: number;
  /** Tells whoever waits what is going on. */
  readonly say: (text: string) => void;
};

/** What has been made ready, and can be measured again and again. */
export type Prepared = {
  /** Measures everything once, Casement and baseline in turn: both see the same weather. */
  readonly round: (number: number) => Promise<Readings>;
  readonly close: () => Promise<void>;
};

export type Bench = {
  readonly name: string;
  readonly lines: readonly Line[];
  readonly prepare: (settings: Settings) => Promise<Prepared>;
};
