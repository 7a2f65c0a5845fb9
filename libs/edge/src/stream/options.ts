import type { Authenticator } from '#access';
import type { OperationRules } from '../graphql/operation.js';
import type { FastifyInstance } from '../http/fastify.js';
import type { Log } from '../http/log.js';

export type StreamLimits = {
  readonly streamsMax: number;
  /** Each stream is one operation, so that this counts what one member, or program, follows. */
  readonly streamsPerMemberMax: number;
  readonly keepAliveEveryMs: number;
  /** How soon a member who lost a capability, or left, loses the stream too. */
  readonly recheckEveryMs: number;
  /** How long a reader may take none of what was sent. */
  readonly stalledMsMax: number;
  /** When a client whose stream broke comes again. */
  readonly retryMs: number;
  /** How long clients are given to take the last words. */
  readonly closeMsMax: number;
};

export const STREAM_LIMITS: StreamLimits = {
  streamsMax: 10_000,
  streamsPerMemberMax: 100,
  keepAliveEveryMs: 15_000,
  recheckEveryMs: 5_000,
  stalledMsMax: 30_000,
  retryMs: 2_000,
  closeMsMax: 2_000,
};

export type StreamOptions = OperationRules & {
  /** Of the adapter; it does not listen yet. */
  readonly instance: FastifyInstance;
  readonly authenticator: Authenticator;
  readonly streamLimits: StreamLimits;
  readonly log: Log;
  /** The wall clock, in milliseconds since 1970. */
  readonly wallClock: () => number;
};
