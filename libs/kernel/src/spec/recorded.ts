import type { DomainEvent } from '../decider.js';
import { commandId, eventId, organisationId } from '../ids.js';
import type { EventMetadata, Position, Recorded } from '../recorded.js';

export type RecordedOverrides = Partial<
  Pick<Recorded, 'id' | 'version' | 'stream' | 'revision' | 'position'>
> & { readonly metadata?: Partial<EventMetadata> };

/** The position of the `place`-th event (from 1) of an imagined log. */
export const positionAt = (place: number): Position => String(place).padStart(16, '0') as Position;

/**
 * A fact as it might stand on the log. Whatever `overrides` does not say is plausible: stream `test-1`,
 * organisation `acme`, recorded the moment it happened, at a position after every earlier one.
 */
export const recorded = <Event extends DomainEvent>(
  event: Event,
  overrides: RecordedOverrides = {},
): Recorded<Event> => {
  const place = nextPlace();
  const { metadata, ...envelope } = overrides;
  return {
    ...event,
    id: eventId(`00000000-0000-5000-8000-${String(place).padStart(12, '0')}`),
    version: 1,
    stream: 'test-1',
    revision: BigInt(place - 1),
    position: positionAt(place),
    ...envelope,
    metadata: { ...plausible(event, place), ...metadata },
  };
};

const plausible = (event: DomainEvent, place: number): EventMetadata => ({
  organisationId: organisationId('acme'),
  occurredAt: event.at,
  recordedAt: event.at,
  actor: { kind: 'system', id: 'test' },
  capability: null,
  commandId: commandId(`command-${place}`),
  correlationId: `correlation-${place}`,
  causationId: null,
  subject: null,
  basis: [],
});

// The one counter of this module: facts made one by one still have to stand in the order they were
// made in. Nothing depends on where it starts.
let place = 0;
const nextPlace = (): number => (place += 1);
