import { isErased, type Json, type JsonObject } from '#kernel';
import type { KeyRing } from './key-ring.js';
import type { StoredEvent } from './port.js';
import { isSealed, unseal, type Sealed, type SealedPlace } from './sealing.js';

/** What stands for a field: its key is gone, it may not be seen, or it does not open. */
export const shownAs = {
  erased: '[erased]',
  sealed: '[sealed]',
  altered: '[altered]',
} as const;

/**
 * An event's data as somebody may see it, in the version in which it was written. Sealed fields are
 * opened only with `personal`; one whose key is gone says so either way.
 */
export const shownData = async (
  event: StoredEvent,
  keys: Pick<KeyRing, 'find'>,
  personal: boolean,
): Promise<JsonObject> => {
  const fields: [string, Json][] = [];
  for (const [field, value] of Object.entries(event.data))
    fields.push([field, await shown(event, field, value, keys, personal)]);
  return Object.fromEntries(fields);
};

const shown = async (
  event: StoredEvent,
  field: string,
  value: Json,
  keys: Pick<KeyRing, 'find'>,
  personal: boolean,
): Promise<Json> => {
  if (isErased(value)) return shownAs.erased;
  if (!isSealed(value)) return value;
  const { organisationId, subject } = event.metadata;
  if (typeof organisationId !== 'string' || typeof subject !== 'string') return shownAs.altered;
  const key = await keys.find(organisationId, subject);
  if (key === null) return shownAs.erased;
  if (!personal) return shownAs.sealed;
  const { stream, id, type } = event;
  return opened(key, { organisationId, stream, eventId: id, type, field }, value);
};

const opened = (key: Buffer, place: SealedPlace, value: Sealed): Json => {
  try {
    return unseal(key, place, value);
  } catch {
    return shownAs.altered;
  }
};
