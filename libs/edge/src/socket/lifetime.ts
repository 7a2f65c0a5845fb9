import { once } from 'node:events';
import type { WebSocket } from 'ws';
import { sameCapabilities } from '#access';
import type { Authenticator, KnownAuthentication } from '#access';
import { reportError } from '../graphql/options.js';
import type { Log } from '../http/log.js';

/** The codes we close with, besides those of the two protocols. */
export const CLOSE_CODES = {
  goingAway: 1001,
  tryAgainLater: 1013,
  internalError: 4500,
  forbidden: 4403,
  tooManyRequests: 4429,
} as const;

/** One socket, and who is at the other end once they have said so. */
export type Connection = {
  readonly socket: WebSocket;
  authentication: KnownAuthentication | null;
  /** Whether anything was heard since the last ping. */
  isAlive: boolean;
  /** Subscriptions refused one after the other. */
  refusals: number;
  /** Stops waiting for the token to expire. */
  stopExpiry: () => void;
};

/** A timer of Node's waits no longer than this; whoever waits longer, waits again. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * Calls `expired` when a token expires: what may be read is no longer proved then. Returns what
 * stops the wait.
 */
export const atExpiry = (
  expiresAtMs: number,
  wallClock: () => number,
  expired: () => void,
): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    const leftMs = expiresAtMs - wallClock();
    if (leftMs <= 0) expired();
    else timer = setTimeout(wait, Math.min(leftMs, TIMER_MS_MAX));
  };
  wait();
  return () => clearTimeout(timer);
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

type Known = { readonly authentication: KnownAuthentication | null };

/**
 * Asks the directory again and again whether the members are still who they were, and hands those
 * who are not to `close`: their next connection is authorised afresh. While the directory cannot be
 * asked, connections stay. Returns what stops it.
 */
export const recheckMembers = <T extends Known>(
  connections: ReadonlySet<T>,
  everyMs: number,
  close: (connection: T) => void,
  { authenticator, log }: { readonly authenticator: Authenticator; readonly log: Log },
): (() => void) => {
  let isUnderWay = false;
  const check = async (): Promise<void> => {
    for (const connection of connections) {
      const { authentication } = connection;
      if (authentication === null) continue;
      const now = await authenticator.refresh(authentication);
      if (now === null || !sameCapabilities(now, authentication.principal)) close(connection);
    }
  };
  const timer = setInterval(() => {
    if (isUnderWay) return;
    isUnderWay = true;
    check()
      .catch((error: unknown) => reportError(log, error))
      .finally(() => void (isUnderWay = false));
  }, everyMs);
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
