import assert from 'node:assert/strict';
import type { DomainEvent } from '../decider.js';
import type { Projection, ViewRow } from '../followers.js';
import { followedFacts, type Fact } from './followed-facts.js';

export type GivenProjection<Event extends DomainEvent, Row extends ViewRow> = (
  ...facts: readonly Fact<Event>[]
) => {
  /** Exactly this row under `key`; undefined: none. */
  readonly shows: (key: string, row: Row | undefined) => void;
};

/** See `given`. */
export const givenProjection =
  <Event extends DomainEvent, Row extends ViewRow>(
    projection: Projection<Event, Row>,
  ): GivenProjection<Event, Row> =>
  (...facts) => {
    const followed = followedFacts(projection, facts);
    return {
      shows: (key, expected) => {
        const row = followed
          .filter((fact) => projection.keys(fact).includes(key))
          .reduce<Row | undefined>(
            (before, fact) => projection.project(before, fact, key),
            undefined,
          );
        assert.deepStrictEqual(row, expected);
      },
    };
  };
