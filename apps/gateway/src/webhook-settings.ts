import type { Log, Metrics } from '#edge';

export const WEBHOOK_SETTINGS = Symbol('WebhookSettings');

export type WebhookSettings = {
  /** The current app secret first, then the one before it, while both are in use. */
  readonly appSecrets: readonly string[];
  readonly verifyToken: string;
  readonly metrics: Metrics;
  readonly log: Log;
};
