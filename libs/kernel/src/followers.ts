import type { DomainEvent } from './decider.js';
import type { Instant } from './instant.js';
import type { Recorded } from './recorded.js';

/**
 * The five kinds of follower, and no sixth. Each names the stream prefixes it reads and the types
 * it handles; what it does not name, it never sees. Projections, policies and deadlines are pure.
 */
type Followed<Event extends DomainEvent> = {
  /** Unique, kebab-case: its checkpoint, its lease and its command ids hang on it. */
  readonly name: string;
  /** Stream prefixes, with their hyphen: `conversation-`. */
  readonly streams: readonly string[];
  readonly types: readonly Event['type'][];
};

export type ColumnType = 'text' | 'integer' | 'json';

/** A cell of a view: instants are integers (epoch ms), JSON is canonical text. */
export type Cell = string | number | null;
export type ViewRow = { readonly [column: string]: Cell };

/** The shape of a view's table. `key` is the primary key; a column ending in `?` may be null. */
export type Table = {
  readonly name: string;
  readonly columns: { readonly [column: string]: ColumnType | `${ColumnType}?` };
  readonly key: string;
  readonly indexes: readonly (readonly string[])[];
};

/**
 * Facts to rows. A row is a fold of the facts that name its key, and of nothing else, so that a
 * rebuild gives the same bytes. Returning `undefined` deletes the row.
 */
export type Projection<
  Event extends DomainEvent = DomainEvent,
  Row extends ViewRow = ViewRow,
> = Followed<Event> & {
  readonly kind: 'projection';
  /** Raised whenever `project` or `table` changes meaning: the view is then rebuilt at start. */
  readonly version: number;
  readonly table: Table;
  /** Each fact makes a row of its own, under a key that no other names: none is ever looked up. */
  readonly rowPerFact?: true;
  readonly keys: (recorded: Recorded<Event>) => readonly string[];
  readonly project: (
    row: Row | undefined,
    recorded: Recorded<Event>,
    key: string,
  ) => Row | undefined;
};

/**
 * A command that a follower asks for. `key` is the partition: within it strictly in order, one at a
 * time. `item` distinguishes the commands of one fact; the command id derives from follower, event
 * and item, so that asking twice is deciding once.
 */
export type Asked<Command> = {
  readonly key: string;
  readonly item: string;
  readonly command: Command;
};

/** An item that the policy could not understand: parked with its reason, never in the way. */
export type Unreadable = {
  readonly key: string;
  readonly item: string;
  readonly unreadable: string;
};

/** Fact to zero or more commands. Remembers nothing. */
export type Policy<Event extends DomainEvent = DomainEvent, Command = unknown> = Followed<Event> & {
  readonly kind: 'policy';
  readonly whenever: (recorded: Recorded<Event>) => readonly (Asked<Command> | Unreadable)[];
};

/**
 * Facts to commands that fall due. Each fact sets the one deadline of a key, clears it (`null`), or
 * says nothing of it (`undefined`). A deadline that fell due is cleared by the command's own fact.
 */
export type Deadline<Command> = {
  readonly key: string;
  readonly due: { readonly at: Instant; readonly command: Command } | null;
};
export type Deadlines<
  Event extends DomainEvent = DomainEvent,
  Command = unknown,
> = Followed<Event> & {
  readonly kind: 'deadlines';
  readonly schedule: (recorded: Recorded<Event>) => readonly Deadline<Command>[];
};

/** Fact to a call to the outside, and the outcome back as a command. The one impure follower. */
export type Dispatcher<Event extends DomainEvent = DomainEvent> = Followed<Event> & {
  readonly kind: 'dispatcher';
  readonly key: (recorded: Recorded<Event>) => string;
  readonly dispatch: (recorded: Recorded<Event>, signal: AbortSignal) => Promise<void>;
};

export type Follower = Projection | Policy | Deadlines | Dispatcher;

/** Thrown by the handling of an item that must wait for a fact which has not arrived yet. */
export class NotYet extends Error {
  constructor(
    message: string,
    readonly retryDelayMs: number,
    readonly giveUpAfterMs: number,
  ) {
    super(message);
  }
}

/** For an item that no waiting will mend: parked at once with its reason, nothing behind it waits. */
export const parkNow = (reason: string): NotYet => new NotYet(reason, 0, 0);
