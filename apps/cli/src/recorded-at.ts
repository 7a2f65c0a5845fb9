import type { StoredEvent } from '#event-store';

/** When an event was recorded, as its metadata says; empty, before everything, when it does not. */
export const recordedAt = ({ metadata }: Pick<StoredEvent, 'metadata'>): string => {
  const at = metadata['recordedAt'];
  return typeof at === 'string' ? at : '';
};
