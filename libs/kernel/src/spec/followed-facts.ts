import type { DomainEvent } from '../decider.js';
import type { Recorded } from '../recorded.js';
import { recorded } from './recorded.js';

/** A fact for a follower: plain, or with the envelope that the sentence is about. */
export type Fact<Event extends DomainEvent> = Event | Recorded<Event>;

type Followed = { readonly streams: readonly string[]; readonly types: readonly string[] };

/** What the follower would see of `facts`: those of its streams and types, with an envelope. */
export const followedFacts = <Event extends DomainEvent>(
  follower: Followed,
  facts: readonly Fact<Event>[],
): readonly Recorded<Event>[] =>
  facts
    .map((fact) => withEnvelope(follower, fact))
    .filter((fact) => follower.types.includes(fact.type))
    .filter((fact) => follower.streams.some((prefix) => fact.stream.startsWith(prefix)));

const withEnvelope = <Event extends DomainEvent>(
  follower: Followed,
  fact: Fact<Event>,
): Recorded<Event> =>
  isRecorded(fact) ? fact : recorded(fact, { stream: `${follower.streams[0] ?? 'test-'}1` });

const isRecorded = <Event extends DomainEvent>(fact: Fact<Event>): fact is Recorded<Event> =>
  'position' in fact && 'metadata' in fact;
