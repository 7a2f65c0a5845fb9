import { shownData, type KeyRing, type StoredEvent } from '#event-store';
import { printableJson } from '../printable.js';

/**
 * An event as a line of JSON, the same bytes each time: first where it stands and what it is, then
 * who, when and why, then its data as it was written. `personal`: sealed fields in clear.
 */
export const lineOf = async (
  event: StoredEvent,
  keys: Pick<KeyRing, 'find'>,
  personal: boolean,
): Promise<string> => {
  const { id, type, stream, revision, position, metadata } = event;
  return printableJson({
    position,
    stream,
    revision: Number(revision),
    id,
    type,
    version: metadata['version'] ?? null,
    recordedAt: metadata['recordedAt'] ?? null,
    occurredAt: metadata['occurredAt'] ?? null,
    organisation: metadata['organisationId'] ?? null,
    actor: metadata['actor'] ?? null,
    capability: metadata['capability'] ?? null,
    commandId: metadata['commandId'] ?? null,
    correlationId: metadata['correlationId'] ?? null,
    causationId: metadata['causationId'] ?? null,
    subject: metadata['subject'] ?? null,
    basis: metadata['basis'] ?? [],
    data: await shownData(event, keys, personal),
  });
};
