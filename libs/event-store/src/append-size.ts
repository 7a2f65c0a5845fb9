import { AppendTooLarge } from './port.js';

/**
 * What one append may hold: JSON as UTF-8, and each type's name twice, as EventStoreDB counts it. Its
 * own limit is 1 MiB unless it is set otherwise; what is over ours is refused before anything is sent.
 */
export const APPEND_BYTES_MAX = 1_000_000;

const UTF8_BYTES_PER_UNIT_MAX = 3;

export type WrittenEvent = {
  readonly type: string;
  /** JSON text, as `metadata`. */
  readonly data: string;
  readonly metadata: string;
};

/** Refuses an append of nothing (TypeError) and one that is too large (AppendTooLarge). */
export const checkAppend = (
  stream: string,
  events: readonly WrittenEvent[],
  bytesMax: number = APPEND_BYTES_MAX,
): void => {
  if (events.length === 0) throw new TypeError('an append takes at least one event');
  const units = events.reduce((sum, event) => sum + unitsOf(event), 0);
  if (units * UTF8_BYTES_PER_UNIT_MAX <= bytesMax) return;
  if (events.reduce((sum, event) => sum + bytesOf(event), 0) > bytesMax)
    throw new AppendTooLarge(stream, bytesMax);
};

const unitsOf = ({ type, data, metadata }: WrittenEvent): number =>
  data.length + metadata.length + 2 * type.length;

const bytesOf = ({ type, data, metadata }: WrittenEvent): number =>
  Buffer.byteLength(data) + Buffer.byteLength(metadata) + 2 * type.length;
