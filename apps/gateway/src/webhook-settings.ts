import type { Log, Metrics } from '#edge';

export const WEBHOOK_SETTINGS = Symbol('WebhookSettings');

export type WebhookSettings = {
  /** The current app secret first, then the one before it, while both are in use. */
  readonly appSecrets: readonly string[];
  readonly verifyToken: string;
  /** Null: SMS is off here. */
  readonly sms: SmsWebhookSettings | null;
  readonly metrics: Metrics;
  readonly log: Log;
};

export type SmsWebhookSettings = {
  /** The current auth token first, then the one before it, while both are in use. */
  readonly authTokens: readonly string[];
  /**
   * The origin that Twilio was told to call, from our configuration; its port may be known only once
   * we listen.
   */
  readonly publicUrl: () => string;
};
