import { hash } from 'node:crypto';
import { commandId, eventId, type CommandId, type EventId } from '#kernel';

/** The id of the `index`-th fact (from 0) that a command leaves on a stream: always the same. */
export const derivedEventId = (command: CommandId, stream: string, index: number): EventId =>
  eventId(derivedUuid('event', command, stream, String(index)));

/** The id of the command that a follower asks for on account of an event: always the same. */
export const derivedCommandId = (follower: string, event: string, item: string): CommandId =>
  commandId(derivedUuid('command', follower, event, item));

/**
 * A UUID made of `names` and nothing else. Version 8 of RFC 9562: the layout of version 5, whose
 * SHA-1 we do not want. The lengths stand in the hash, so that ('a', 'bc') is not ('ab', 'c').
 */
const derivedUuid = (...names: readonly string[]): string => {
  const hex = hash('sha256', JSON.stringify(names), 'hex');
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
};
