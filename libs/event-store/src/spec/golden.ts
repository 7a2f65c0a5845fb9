import assert from 'node:assert/strict';
import { isJsonObject, type DomainEvent, type Json, type JsonObject } from '#kernel';
import type { GoldenSample } from '#kernel/spec';
import type { EventCatalogue } from '../catalogue.js';

/** One fact of each type of a lib's union, in its newest shape: the compiler keeps it so. */
export type Examples<Event extends DomainEvent> = {
  readonly [Type in Event['type']]: Extract<Event, { readonly type: Type }>;
};

/**
 * Reads golden samples of `catalogue` as the codec would, unsealed: upcast to the newest version.
 * What comes out must have the fields of the type's example, and those that are to be sealed.
 */
export const goldenDecoder =
  <Event extends DomainEvent>(catalogue: EventCatalogue<Event>, examples: Examples<Event>) =>
  ({ type, version, content }: GoldenSample): { readonly version: number } => {
    const isKnown = (name: string): name is Event['type'] => Object.hasOwn(catalogue, name);
    assert.ok(isKnown(type), `no catalogue names ${type}`);
    const definition = catalogue[type];
    const data = definition.upcasters
      .slice(version - 1)
      .reduce((before, upcaster) => upcaster(before), objectIn(content));
    assert.deepStrictEqual(fields(data), fields(examples[type].data), `the fields of ${type}`);
    const unsealed = definition.personal.filter((field) => !Object.hasOwn(data, field));
    assert.deepStrictEqual(
      unsealed,
      [],
      `fields of ${type} that are to be sealed and are not there`,
    );
    return { version: definition.version };
  };

const fields = (data: object): readonly string[] => Object.keys(data).toSorted();

const objectIn = (content: unknown): JsonObject => {
  const json = content as Json;
  assert.ok(isJsonObject(json), 'a sample is an object');
  return json;
};
