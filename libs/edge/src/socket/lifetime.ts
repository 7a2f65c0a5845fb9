import { once } from 'node:events';
import type { WebSocket } from 'ws';
import { sameCapabilities } from '#access';
import type { KnownAuthentication } from '#access';
import { reportError } from '../graphql/options.js';
import type { SubscriptionOptions } from './options.js';

/** The codes we close with, besides those of the two protocols. */
export const CLOSE_CODES = {
  goingAway: 1001,
  tryAgainLater: 1013,
  internalError: 4500,
  forbidden: 4403,
} as const;

/** One socket, and who is at the other end once they have said so. */
export type Connection = {
  readonly socket: WebSocket;
  authentication: KnownAuthentication | null;
  /** Whether anything was heard since the last ping. */
  isAlive: boolean;
  expiry: NodeJS.Timeout | undefined;
};

/** A timer of Node's waits no longer than this; whoever waits longer, waits again. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Closes the connection when its token expires: what may be read is no longer proved then. */
export const closeAtExpiry = (
  connection: Connection,
  expiresAtMs: number,
  wallClock: () => number,
): void => {
  const leftMs = expiresAtMs - wallClock();
  if (leftMs <= 0) return connection.socket.close(CLOSE_CODES.forbidden, 'Token expired');
  connection.expiry = setTimeout(
    () => closeAtExpiry(connection, expiresAtMs, wallClock),
    Math.min(leftMs, TIMER_MS_MAX),
  );
};

/**
 * Pings every connection, and ends those that did not answer the last one. Returns what stops it.
 */
export const keepAlive = (connections: ReadonlySet<Connection>, everyMs: number): (() => void) => {
  const timer = setInterval(() => {
    for (const connection of connections) {
      if (!connection.isAlive) {
        connection.socket.terminate();
        continue;
      }
      connection.isAlive = false;
      connection.socket.ping();
    }
  }, everyMs);
  return () => clearInterval(timer);
};

/**
 * Asks the directory again and again whether the members are still who they were, and closes the
 * connections of those who are not: the next connection is authorised afresh. While the directory
 * cannot be asked, connections stay. Returns what stops it.
 */
export const recheckMembers = (
  connections: ReadonlySet<Connection>,
  { authenticator, log, socketLimits }: SubscriptionOptions,
): (() => void) => {
  let isUnderWay = false;
  const check = async (): Promise<void> => {
    for (const { socket, authentication } of connections) {
      if (authentication === null) continue;
      const now = await authenticator.refresh(authentication);
      if (now === null || !sameCapabilities(now, authentication.principal))
        socket.close(CLOSE_CODES.forbidden, 'Capabilities changed');
    }
  };
  const timer = setInterval(() => {
    if (isUnderWay) return;
    isUnderWay = true;
    check()
      .catch((error: unknown) => reportError(log, error))
      .finally(() => void (isUnderWay = false));
  }, socketLimits.recheckEveryMs);
  return () => clearInterval(timer);
};

/** Tells everyone to go elsewhere; ends those who have not gone in time. */
export const closeAll = async (
  connections: ReadonlySet<Connection>,
  closeMsMax: number,
): Promise<void> => {
  const left = [...connections].map(({ socket }) => {
    const gone = once(socket, 'close');
    socket.close(CLOSE_CODES.goingAway, 'Going away');
    return gone;
  });
  const timer = setTimeout(() => {
    for (const { socket } of connections) socket.terminate();
  }, closeMsMax);
  await Promise.all(left);
  clearTimeout(timer);
};
