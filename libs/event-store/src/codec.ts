import {
  ERASED,
  isErased,
  type EventMetadata,
  type Json,
  type JsonObject,
  type Recorded,
} from '#kernel';
import type { EventCatalogue, EventDefinition } from './catalogue.js';
import { toJson } from './json.js';
import type { KeyRing } from './key-ring.js';
import { UnknownEventType, type EventLog, type FactToRecord } from './log.js';
import { mapped } from './mapped.js';
import type { EventStore, EventToAppend, StoredEvent } from './port.js';
import { isSealed, seal, TamperedField, unseal, type SealedPlace } from './sealing.js';

/**
 * Puts the codec before a store. Promises that what was appended reads back equal (optional fields
 * that are undefined are dropped), at the newest version of its type, and that personal fields stand
 * on the log only sealed. Throws, as defects: a type in two catalogues, a catalogue whose upcasters
 * do not reach its version, NotJson, a personal field without a subject. Reading throws
 * UnknownEventType and TamperedField; a field that does not open throws that when it is looked at.
 */
export const createEventLog = (parts: {
  readonly store: EventStore;
  readonly keys: KeyRing;
  readonly catalogues: readonly EventCatalogue[];
}): EventLog => {
  const { store, keys } = parts;
  const codec = new Codec(keys, definitionsOf(parts.catalogues));
  return {
    append: async (stream, expected, facts) => {
      const events: EventToAppend[] = [];
      for (const fact of facts) events.push(await codec.encode(stream, fact));
      return store.append(stream, expected, events);
    },
    readStream: (stream, options) =>
      mapped(store.readStream(stream, options), (event) => codec.decode(event)),
    readAll: (options) => mapped(store.readAll(options), (event) => codec.decode(event)),
    subscribe: (options) =>
      mapped(store.subscribe(options), async (told) =>
        told.kind === 'event' ? { kind: told.kind, event: await codec.decode(told.event) } : told,
      ),
    head: () => store.head(),
    setStreamMetadata: (stream, metadata) => store.setStreamMetadata(stream, metadata),
  };
};

type Definitions = ReadonlyMap<string, EventDefinition>;

const definitionsOf = (catalogues: readonly EventCatalogue[]): Definitions => {
  const definitions = new Map<string, EventDefinition>();
  for (const [type, definition] of catalogues.flatMap((entries) => Object.entries(entries))) {
    if (definitions.has(type)) throw new Error(`two catalogues name the event ${type}`);
    if (definition.upcasters.length !== definition.version - 1)
      throw new Error(`the event ${type} lacks an upcaster for each version before its newest`);
    definitions.set(type, definition);
  }
  return definitions;
};

/** What stands in the stored metadata: the envelope, and the schema version of the data. */
type StoredMetadata = EventMetadata & { readonly version?: number };

const placeOf = (
  event: { readonly id: string; readonly type: string },
  stream: string,
  organisationId: string,
  field: string,
): SealedPlace => ({ organisationId, stream, eventId: event.id, type: event.type, field });

/** Null and what is already erased tell nothing, and need no key. */
const tellsNothing = (value: Json): boolean => value === null || isErased(value);

/**
 * A field that is opened by the first who looks at it, and once: most who read a fact never look at
 * its words, and opening costs more than all the rest of reading.
 */
const openedWhenRead = (open: () => Json): PropertyDescriptor => {
  let value: Json | undefined;
  return { enumerable: true, get: () => (value ??= open()) };
};

class Codec {
  constructor(
    private readonly keys: KeyRing,
    private readonly definitions: Definitions,
  ) {}

  async encode(stream: string, fact: FactToRecord): Promise<EventToAppend> {
    const definition = this.#definition(fact.type);
    const data = await this.#sealed(stream, fact, definition, toJson(fact.data, fact.type));
    const envelope = { ...fact.metadata, occurredAt: fact.at, version: definition.version };
    return { id: fact.id, type: fact.type, data, metadata: toJson(envelope, 'metadata') };
  }

  async #sealed(
    stream: string,
    fact: FactToRecord,
    { personal }: EventDefinition,
    data: JsonObject,
  ): Promise<JsonObject> {
    const fields = Object.entries(data);
    const taken = fields.find(([, value]) => isSealed(value));
    if (taken) throw new Error(`${fact.type}.${taken[0]} looks sealed but is not`);
    const isOpen = ([field, value]: readonly [string, Json]): boolean =>
      !personal.includes(field) || tellsNothing(value);
    const first = fields.find((field) => !isOpen(field));
    if (first === undefined) return data;
    const { organisationId, subject } = fact.metadata;
    if (subject === null)
      throw new Error(`${fact.type}.${first[0]} is personal but has no subject`);
    // One subject, one key for all fields of an event.
    const key = await this.keys.keyFor(organisationId, subject);
    return Object.fromEntries(
      fields.map(([field, value]) =>
        isOpen([field, value])
          ? [field, value]
          : [field, seal(key, placeOf(fact, stream, organisationId, field), value)],
      ),
    );
  }

  async decode(event: StoredEvent): Promise<Recorded> {
    // What no codec wrote has no version: not a number, and so unknown.
    const { version = Number.NaN, ...metadata } = event.metadata as unknown as StoredMetadata;
    const definition = this.#definition(event.type, version);
    const opened = await this.#opened(event, metadata, version, definition);
    const upcast = definition.upcasters
      .slice(version - 1)
      .reduce((data, upcaster) => upcaster(data), opened);
    const { id, type, stream, revision, position } = event;
    const at = metadata.occurredAt;
    const place = { stream, revision, position };
    return { type, at, data: upcast, id, version: definition.version, ...place, metadata };
  }

  async #opened(
    event: StoredEvent,
    metadata: EventMetadata,
    version: number,
    definition: EventDefinition,
  ): Promise<JsonObject> {
    const { organisationId, subject } = metadata;
    const place = (field: string): SealedPlace =>
      placeOf(event, event.stream, organisationId, field);
    const fields = Object.entries(event.data);
    // Older versions may have named other fields: whatever is sealed is opened, before upcasting.
    const mustBeSealed = (field: string): boolean =>
      version === definition.version && definition.personal.includes(field);
    for (const [field, value] of fields)
      if (mustBeSealed(field) && !isSealed(value) && !tellsNothing(value))
        throw new TamperedField(place(field));
    const sealed = fields.flatMap(([field, value]) => (isSealed(value) ? [{ field, value }] : []));
    const [first] = sealed;
    if (first === undefined) return event.data;
    if (subject === null) throw new TamperedField(place(first.field));
    const key = await this.keys.find(organisationId, subject);
    const data = Object.fromEntries(fields);
    for (const { field, value } of sealed)
      Object.defineProperty(
        data,
        field,
        key === null
          ? { value: ERASED, enumerable: true }
          : openedWhenRead(() => unseal(key, place(field), value)),
      );
    return data;
  }

  /** The definition of a type, in a version that is known. */
  #definition(type: string, version?: number): EventDefinition {
    const definition = this.definitions.get(type);
    if (definition === undefined) throw new UnknownEventType(type);
    const known =
      version === undefined || (version >= 1 && version <= definition.version && version % 1 === 0);
    if (!known) throw new UnknownEventType(type, version);
    return definition;
  }
}
