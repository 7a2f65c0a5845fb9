import type { Server } from 'node:http';
import type { Authenticator } from '#access';
import type { OperationRules } from '../graphql/operation.js';
import type { Log } from '../http/log.js';

export type SocketLimits = {
  readonly socketsMax: number;
  readonly subscriptionsMax: number;
  /** Subscriptions refused one after the other; whoever goes on is closed. */
  readonly refusalsMax: number;
  /** Messages of one client that are being answered, subscriptions included. */
  readonly messagesMax: number;
  readonly frameBytesMax: number;
  readonly initMsMax: number;
  readonly pingEveryMs: number;
  /** How soon a member who lost a capability, or left, loses the connection too. */
  readonly recheckEveryMs: number;
  /** How long clients are given to leave at the end. */
  readonly closeMsMax: number;
};

export const SOCKET_LIMITS: SocketLimits = {
  socketsMax: 10_000,
  subscriptionsMax: 20,
  refusalsMax: 100,
  messagesMax: 64,
  frameBytesMax: 64 * 1024,
  initMsMax: 3_000,
  pingEveryMs: 20_000,
  recheckEveryMs: 5_000,
  closeMsMax: 2_000,
};

export type SubscriptionOptions = OperationRules & {
  readonly server: Server;
  readonly authenticator: Authenticator;
  /** Origins of the pages that may connect. A client that is no browser sends none. */
  readonly allowedOrigins: ReadonlySet<string>;
  readonly socketLimits: SocketLimits;
  readonly log: Log;
  /** The wall clock, in milliseconds since 1970. */
  readonly wallClock: () => number;
};
