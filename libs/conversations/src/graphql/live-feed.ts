import { comparePositions, type Position } from '#kernel';

/** A fact, and what is told of it to whoever is in the same group; null: nothing. */
export type Link = { readonly position: Position; readonly told: object | null };

type Result = IteratorResult<object>;
type Settle = (result: Result | Promise<Result>) => void;

/** Links that are kept for readers who are a little slower than the others. */
const linksMax = 64;

const over: Result = { done: true, value: undefined };

/** How a feed, or a reader who has fallen behind it, follows the log by itself. */
export type Follow = (after: Position | null) => AsyncIterableIterator<Link>;

export type Group = {
  /** Readers with the same key are told the same. */
  readonly key: string;
  readonly follow: Follow;
  /** The end of the log as far as it has come here. */
  readonly newest: () => Position | null;
};

/** Follows the log once for all readers of a group who keep up with it. */
class LiveFeed {
  /** The newest links, and how many went before them. */
  private readonly links: Link[] = [];
  private gone = 0;
  private since: Position | null;
  private readonly waiting = new Map<Reader, Settle>();
  private readonly readers = new Set<Reader>();
  private readonly source: AsyncIterableIterator<Link>;
  isOver = false;

  constructor(
    { follow, newest }: Group,
    private readonly ended: () => void,
  ) {
    this.since = newest();
    this.source = follow(this.since);
    void this.run();
  }

  /** Whether every link after `position` is here, or will come. */
  covers(position: Position | null): boolean {
    return !this.isOver && isAtLeast(position, this.since);
  }

  join(reader: Reader): number {
    this.readers.add(reader);
    return this.gone;
  }

  leave(reader: Reader): void {
    this.readers.delete(reader);
    this.waiting.delete(reader);
    if (this.readers.size === 0) this.end();
  }

  /** The link with a number; null when it has not come yet, undefined when it is gone. */
  link(number: number): Link | null | undefined {
    if (this.isOver || number < this.gone) return undefined;
    return this.links[number - this.gone] ?? null;
  }

  /** `settle` is called with what is told next. */
  wait(reader: Reader, settle: Settle): void {
    this.waiting.set(reader, settle);
  }

  private async run(): Promise<void> {
    try {
      for await (const link of this.source) this.add(link);
      // The log is no longer followed: it is over for all.
      this.end(() => over);
    } catch {
      // Each reader meets it by itself, and says so to its client.
      this.end((reader) => reader.byItself());
    }
  }

  private add(link: Link): void {
    this.links.push(link);
    if (this.links.length > linksMax) {
      this.since = this.links.shift()?.position ?? this.since;
      this.gone += 1;
    }
    for (const [reader, settle] of this.waiting) {
      const told = reader.takes(link);
      if (told === null) continue;
      this.waiting.delete(reader);
      settle({ done: false, value: told });
    }
  }

  private end(next: (reader: Reader) => Result | Promise<Result> = () => over): void {
    if (this.isOver) return;
    this.isOver = true;
    this.ended();
    void this.source.return?.().then(undefined, () => undefined);
    for (const [reader, settle] of this.waiting) settle(next(reader));
    this.waiting.clear();
  }
}

/** The feeds of all groups that have readers. */
export class LiveFeeds {
  private readonly feeds = new Map<string, LiveFeed>();

  /** What is told after `after`, exactly once, in order; null: from now on. */
  reader(group: Group, after: Position | null): AsyncIterableIterator<object> {
    const from = after ?? group.newest();
    return new Reader((position) => this.covering(group, position), group.follow, from);
  }

  /** The group's feed, if it can be read from `position` on. The first who is up to date begins it. */
  private covering(group: Group, position: Position | null): LiveFeed | null {
    const known = this.feeds.get(group.key);
    if (known) return known.covers(position) ? known : null;
    if (!isAtLeast(position, group.newest())) return null;
    const feed: LiveFeed = new LiveFeed(group, () => {
      if (this.feeds.get(group.key) === feed) this.feeds.delete(group.key);
    });
    this.feeds.set(group.key, feed);
    return feed;
  }
}

/**
 * One reader of a group: with the others as long as it keeps up, else by itself, from its own place
 * on. It can be ended while it waits, and leaves nothing behind.
 */
class Reader implements AsyncIterableIterator<object> {
  private feed: LiveFeed | null = null;
  private number = 0;
  private own: AsyncIterableIterator<Link> | null = null;
  private settle: Settle | null = null;
  private isOver = false;

  constructor(
    private readonly covering: (position: Position | null) => LiveFeed | null,
    private readonly follow: Follow,
    private position: Position | null,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (this.isOver) return Promise.resolve(over);
    const feed = this.joined();
    return feed === null ? this.byItself() : this.with(feed);
  }

  return(): Promise<Result> {
    this.isOver = true;
    this.settle?.(over);
    this.settle = null;
    this.feed?.leave(this);
    void this.own?.return?.().then(undefined, () => undefined);
    return Promise.resolve(over);
  }

  async throw(error: unknown): Promise<Result> {
    await this.return();
    throw error;
  }

  /** What it is told of a link, if that is news to it. */
  takes({ position, told }: Link): object | null {
    this.number += 1;
    if (told === null || !isAfter(position, this.position)) return null;
    this.position = position;
    this.settle = null;
    return told;
  }

  private joined(): LiveFeed | null {
    if (this.feed !== null && this.feed.link(this.number) !== undefined) return this.feed;
    this.feed?.leave(this);
    this.feed = this.covering(this.position);
    if (this.feed === null) return null;
    this.number = this.feed.join(this);
    void this.own?.return?.().then(undefined, () => undefined);
    this.own = null;
    return this.feed;
  }

  private with(feed: LiveFeed): Promise<Result> {
    for (let link = feed.link(this.number); link; link = feed.link(this.number)) {
      const told = this.takes(link);
      if (told !== null) return Promise.resolve({ done: false, value: told });
    }
    return new Promise((resolve) => {
      this.settle = resolve;
      feed.wait(this, resolve);
    });
  }

  /** What it is told next when it follows the log alone. */
  async byItself(): Promise<Result> {
    this.own ??= this.follow(this.position);
    for (;;) {
      const next = await this.own.next();
      if (next.done === true || this.isOver) return over;
      const { position, told } = next.value;
      this.position = position;
      if (told !== null) return { done: false, value: told };
    }
  }
}

const isAfter = (position: Position, other: Position | null): boolean =>
  other === null || comparePositions(position, other) > 0;

const isAtLeast = (position: Position | null, other: Position | null): boolean =>
  other === null || (position !== null && comparePositions(position, other) >= 0);
