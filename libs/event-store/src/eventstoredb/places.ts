import type { Position as Place } from '@eventstore/db-client';
import type { Position } from '#kernel';

const DIGITS = 16;
/** What servers before 22.6 say of a position that they do not know. */
const UNKNOWN = 0xffff_ffff_ffff_ffffn;

const hex = (value: bigint): string => value.toString(16).padStart(DIGITS, '0');

/** Commit and prepare as 16 digits each: string order is log order. Null when the server knows none. */
export const positionOfPlace = (place: Place | undefined): Position | null =>
  place === undefined || place.commit < 0n || place.commit === UNKNOWN
    ? null
    : (`${hex(place.commit)}${hex(place.prepare)}` as Position);

/** Throws on text of another log. */
export const placeOf = (position: Position): Place => {
  if (!/^[0-9a-f]{32}$/.test(position)) throw new TypeError('this is not a position of this log');
  return {
    commit: BigInt(`0x${position.slice(0, DIGITS)}`),
    prepare: BigInt(`0x${position.slice(DIGITS)}`),
  };
};
