import type { RecordedEvent } from '@eventstore/db-client';
import { isJsonObject, type EventId, type Json, type JsonObject } from '#kernel';
import { StoreUnavailable, type StoredEvent } from '../port.js';
import { positionOfPlace } from './places.js';

/** Holds what the log says of itself. Hidden from readers of all streams, as the server's own are. */
export const OWN_STREAM = 'casement-log';

/** Streams that are somebody's: not the server's, and not our own. */
export const SHOWN_STREAMS = `^(?!\\$|${OWN_STREAM}$)`;

/** False for what the server writes: its own streams, links, and the marks of tombstones. */
export const isShown = ({ streamId, type }: RecordedEvent): boolean =>
  !streamId.startsWith('$') && !type.startsWith('$') && streamId !== OWN_STREAM;

/**
 * An event as the port shows it. What another writer put in the log and is no JSON object is shown
 * as `{base64}` (bytes) or `{json}` (any other JSON, or text that was to be JSON and is not).
 */
export const storedEvent = (found: RecordedEvent): StoredEvent => {
  const position = positionOfPlace(found.position);
  if (position === null) throw new StoreUnavailable('the server tells no position of an event');
  const { id, type, data, metadata, streamId: stream, revision } = found;
  return {
    id: id as EventId,
    type,
    data: objectOf(data),
    metadata: metadata === undefined ? {} : objectOf(metadata),
    stream,
    revision,
    position,
  };
};

const objectOf = (content: unknown): JsonObject => {
  if (content instanceof Uint8Array) return { base64: Buffer.from(content).toString('base64') };
  const json = content as Json;
  return isJsonObject(json) ? json : { json };
};
