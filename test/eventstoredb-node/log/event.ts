import type { EventToAppend, StoredEvent } from '#event-store';
import type { EventId, Position } from '#kernel';

/** An event as EventStoreDB's protocol takes it: bytes that need not be JSON. */
export type ProposedEvent = {
  /** A uuid in small letters. */
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};

export type RecordedEvent = ProposedEvent & {
  readonly stream: string;
  readonly revision: bigint;
  /** The place in the log, from 1. */
  readonly ordinal: bigint;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
};

/** No event yet. */
export const NO_STREAM = -1n;
/** The revision of a tombstone, and `$tb` of a stream that is softly deleted. */
export const DELETED_STREAM = 2n ** 63n - 1n;
export const STREAM_DELETED_TYPE = '$streamDeleted';
export const METADATA_TYPE = '$metadata';

const POSITION_DIGITS = 16;

export const positionAt = (ordinal: bigint): Position =>
  ordinal.toString(16).padStart(POSITION_DIGITS, '0') as Position;

export const ordinalAt = (position: Position): bigint => BigInt(`0x${position}`);

type Bytes = { readonly text: string } | { readonly base64: string };

/** Bytes as JSON: as text if they are UTF-8, so that a log can be read by people. */
const bytesToJson = (bytes: Uint8Array): Bytes => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  return Buffer.from(text, 'utf8').equals(buffer)
    ? { text }
    : { base64: buffer.toString('base64') };
};

const bytesFromJson = (json: Bytes): Uint8Array =>
  'text' in json ? Buffer.from(json.text, 'utf8') : Buffer.from(json.base64, 'base64');

/** What the embedded log keeps of an event beside its id, its type and its place. */
type Kept = {
  readonly createdAtMs: number;
  readonly isJson: boolean;
  readonly isTombstone: boolean;
  readonly custom: Bytes;
};

export const toStored = (
  event: ProposedEvent,
  written: { readonly atMs: number; readonly isTombstone: boolean },
): EventToAppend => {
  const kept: Kept = {
    createdAtMs: written.atMs,
    isJson: event.isJson,
    isTombstone: written.isTombstone,
    custom: bytesToJson(event.metadata),
  };
  return {
    id: event.id as EventId,
    type: event.type,
    data: bytesToJson(event.data),
    metadata: kept,
  };
};

/** A tombstone is shown at the last revision that there can be. */
export const fromStored = (stored: StoredEvent): RecordedEvent => {
  const kept = stored.metadata as unknown as Kept;
  return {
    id: stored.id,
    type: stored.type,
    isJson: kept.isJson,
    data: bytesFromJson(stored.data as Bytes),
    metadata: bytesFromJson(kept.custom),
    stream: stored.stream,
    revision: kept.isTombstone ? DELETED_STREAM : stored.revision,
    ordinal: ordinalAt(stored.position),
    createdAtMs: kept.createdAtMs,
  };
};
