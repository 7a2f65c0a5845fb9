import type { DomainEvent, JsonObject } from '#kernel';

/**
 * What the log must know of an event type besides its shape. Stands beside the type in `events.ts`.
 */
export type EventDefinition = {
  /** The schema version that is written. No `V1` in the name of the first. */
  readonly version: number;
  /** Top-level fields of `data` that are sealed with the subject's key. */
  readonly personal: readonly string[];
  /** From version n (index n − 1) to n + 1, for every n below `version`. */
  readonly upcasters: readonly ((data: JsonObject) => JsonObject)[];
};

/** One entry per type of a lib's union: a new fact does not compile until it is entered. */
export type EventCatalogue<Event extends DomainEvent = DomainEvent> = {
  readonly [Type in Event['type']]: EventDefinition;
};

/** The types that a catalogue names, for a follower that wants them all. */
export const typesOf = <Event extends DomainEvent>(
  catalogue: EventCatalogue<Event>,
): readonly Event['type'][] => Object.keys(catalogue);

/** A first version, with the fields that are sealed. */
export const event = (...personal: readonly string[]): EventDefinition => ({
  version: 1,
  personal,
  upcasters: [],
});
