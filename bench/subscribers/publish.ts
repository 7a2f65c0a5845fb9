/** What a server of subscribers is asked: where it is, or to publish one more fact. */
export type Ask = { readonly kind: 'where' } | { readonly kind: 'publish'; readonly text: string };

export type Here = {
  readonly kind: 'here';
  readonly url: string;
  /** Of members who may subscribe. */
  readonly tokens: readonly string[];
  /** A cursor from before everything that is published. */
  readonly after: string;
};

/** `atMs`: just before it was made durable, on the clock that all processes share. */
export type Published = { readonly kind: 'published'; readonly atMs: number };

export type Told = Here | Published;
