import type { Log, Metrics } from '#edge';

export const PORTAL_SETTINGS = Symbol('PortalSettings');

/** Every bound of the portal's pages. */
export const PORTAL_LIMITS = {
  missesPerAddress: 10,
  missesInAll: 100,
  messagesPerVisit: 30,
  /** Over which misses and messages are counted. */
  periodMs: 60_000,
  /** Addresses and visits that are counted at once; beyond it the longest silent is forgotten. */
  countedMax: 10_000,
  textCharactersMax: 4_096,
  /** Any code that opens nothing is answered this long after it came, and never sooner. */
  missAnswerMs: 60,
  streamsPerVisit: 4,
  streamsInAll: 2_000,
  /** A silent stream says that it lives, and asks whether the visit still does. */
  heartbeatMs: 25_000,
} as const;

export type PortalLimits = { readonly [Name in keyof typeof PORTAL_LIMITS]: number };

export type PortalSettings = {
  /** Whether customers reach us by https: then the cookie is Secure and bound to this host. */
  readonly isHttps: boolean;
  /** The origin of the links, as in https://portal.example; null: whatever host is asked for. */
  readonly origin: string | null;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly limits: PortalLimits;
};
