import type { DomainEvent } from './decider.js';
import type { CommandId, EventId, OrganisationId, Brand } from './ids.js';
import type { Instant } from './instant.js';

/** A place in the log. Opaque: compare with `comparePositions`, never compute. */
export type Position = Brand<string, 'Position'>;

/** Positions of one log order as their strings do; -1, 0 or 1. */
export const comparePositions = (a: Position, b: Position): number => (a < b ? -1 : a > b ? 1 : 0);

/** Who wished for a fact. `onBehalfOf` names the person for whom an agent or client acted. */
export type Actor = {
  readonly kind: 'staff' | 'ai' | 'embedded' | 'api' | 'customer' | 'provider' | 'system';
  readonly id: string;
  readonly onBehalfOf?: string;
};

export type StreamRevision = { readonly stream: string; readonly revision: string };

/** What is known of a fact besides the fact. */
export type EventMetadata = {
  readonly organisationId: OrganisationId;
  /** When it happened, by the clock of whoever it happened to. */
  readonly occurredAt: Instant;
  /** When we wrote it down, by the domain clock. */
  readonly recordedAt: Instant;
  readonly actor: Actor;
  readonly capability: string | null;
  readonly commandId: CommandId;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Whose key seals the personal fields; null when the event can have none. */
  readonly subject: string | null;
  /** The other streams, and their revisions, that the decision rested on. */
  readonly basis: readonly StreamRevision[];
};

/** A fact as it stands on the log, upcast to the newest version of its type. */
export type Recorded<Event extends DomainEvent = DomainEvent> = Event & {
  readonly id: EventId;
  readonly version: number;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: Position;
  readonly metadata: EventMetadata;
};
