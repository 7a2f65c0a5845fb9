import { isErased, type Json, type Recorded } from '#kernel';
import type { Cursors } from '#edge';
import { memberById, type PrincipalShape } from '#organisations';
import type { People } from './message-shape.js';

/** Who the people of a fact are. */
type Known = Pick<People, 'organisationId' | 'organisation' | 'contact'>;

/** A fact of the log as clients see it. Erased fields read `[erased]`. */
export const eventShape = (recorded: Recorded, people: Known, cursors: Cursors) => {
  const { metadata } = recorded;
  return {
    id: recorded.id,
    type: recorded.type,
    version: recorded.version,
    stream: recorded.stream,
    revision: Number(recorded.revision),
    cursor: cursors.forLog(recorded.position, people.organisationId),
    occurredAt: metadata.occurredAt,
    recordedAt: metadata.recordedAt,
    actor: actorShape(metadata.actor, people),
    capability: metadata.capability,
    correlationId: metadata.correlationId,
    causationId: metadata.causationId,
    data: withErasuresNamed(recorded.data),
  };
};

const actorShape = (
  { kind, id }: Recorded['metadata']['actor'],
  { organisation, contact }: Known,
): PrincipalShape | null => {
  if (kind === 'customer') return { __typename: 'Customer', ...contact };
  return kind === 'provider' || kind === 'system' ? null : memberById(organisation, id);
};

const withErasuresNamed = (data: object): { readonly [field: string]: Json } =>
  Object.fromEntries(
    Object.entries(data).map(([field, value]) => [field, isErased(value) ? '[erased]' : value]),
  );
