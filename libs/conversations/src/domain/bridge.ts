import {
  epochMs,
  type ContactId,
  type Instant,
  type MessageId,
  type StreamRevision,
} from '#kernel';
import type { ExpiredWindowPolicy } from '#organisations';
import type { Delivery } from './delivery.js';
import { smsObstacle, smsObstacleSentences, type SmsObstacle, type SmsReach } from './sms.js';
import { windowDurationMs } from './window.js';

/** A customer is sent at most one bridge in this time. */
export const bridgeIntervalMs = windowDurationMs;
/** A bridge that could not be started by then says nothing any more: its place is free. */
export const bridgeLapsesAfterMs = 15 * 60 * 1_000;

/** What other streams, and the portal's key, had to say of a bridge when the command was made. */
export type BridgeTerms = SmsReach & {
  readonly policy: ExpiredWindowPolicy;
  /** The id that the bridge gets if there is to be one. */
  readonly bridgeId: MessageId;
  /** The SMS, its code masked; null when the business's name has nothing that an SMS can write. */
  readonly text: string | null;
};

/** Terms with the streams, at the revisions, in which they were read. */
export type ReadTerms = {
  readonly terms: BridgeTerms;
  readonly basis: readonly StreamRevision[];
};

/** The same of a thread, with whose words its messages hold. */
export type ThreadTerms = ReadTerms & { readonly contactId: ContactId };

/** The newest bridge of a thread, if its place has not been given free. */
export type Bridge = {
  readonly bridgeId: MessageId;
  readonly requestedAt: Instant;
  /** When the customer opened the page behind it; null while they have not. */
  readonly openedAt: Instant | null;
  /** The customer's number changed: the link in it opens nothing any more. */
  readonly isShut: boolean;
};

/** Why there is no bridge to be had. */
export type BridgeObstacle = SmsObstacle | 'name_needed' | 'already_bridged';

type BridgeDelivery = Pick<Delivery, 'acceptedAt' | 'startedAt' | 'phase' | 'isResent'>;

/** The first instant (epoch ms) at which another bridge may be asked for. */
export const bridgeBlocksUntilMs = (
  { requestedAt }: Pick<Bridge, 'requestedAt'>,
  delivery: BridgeDelivery,
): number => {
  const { acceptedAt, startedAt } = delivery;
  if (acceptedAt !== null) return epochMs(acceptedAt) + bridgeIntervalMs;
  return isBridgeOpen(delivery) && startedAt !== null
    ? epochMs(startedAt) + bridgeIntervalMs
    : epochMs(requestedAt) + bridgeLapsesAfterMs;
};

/** The later of two instants (epoch ms), either of which may be none. */
export const latest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);

/** Whether an attempt may have gone out though nobody has said so. */
const isBridgeOpen = ({ phase, isResent }: BridgeDelivery): boolean =>
  isResent || phase === 'STARTED' || phase === 'UNKNOWN';

/** Whether it is too late to begin to send it. */
export const hasLapsed = (bridge: Bridge, delivery: BridgeDelivery, nowMs: number): boolean =>
  delivery.acceptedAt === null &&
  !isBridgeOpen(delivery) &&
  nowMs >= bridgeBlocksUntilMs(bridge, delivery);

/** What stands in the way of a bridge; null when nothing does. */
export const bridgeObstacle = (
  reach: SmsReach & { readonly text: string | null },
  blockedUntilMs: number | null,
  nowMs: number,
): BridgeObstacle | null => {
  const obstacle = smsObstacle(reach);
  if (obstacle) return obstacle;
  if (reach.text === null) return 'name_needed';
  return blockedUntilMs !== null && nowMs < blockedUntilMs ? 'already_bridged' : null;
};

/** Each obstacle in words for people. */
export const bridgeObstacleSentences: { readonly [Obstacle in BridgeObstacle]: string } = {
  ...smsObstacleSentences,
  name_needed: 'The organisation’s name cannot be written in an SMS. Choose an SMS name for it.',
  already_bridged: 'This customer was sent an SMS with a way back less than 24 hours ago.',
};

/** Stands for each character of the portal code wherever the SMS is shown or kept. */
const maskCharacter = '*';

/** A code's place in the SMS. */
export const maskOf = (codeLength: number): string => maskCharacter.repeat(codeLength);

/** The SMS as it leaves: the code in the place of its mask, which the text ends with. */
export const withCode = (text: string, code: string): string =>
  `${text.slice(0, text.length - code.length)}${code}`;
