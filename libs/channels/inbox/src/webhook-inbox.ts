import type { Decider, Instant, Rejection } from '#kernel';
import type { WebhookReceived, WebhookSource } from './events.js';

export type ReceiveWebhook = {
  readonly type: 'ReceiveWebhook';
  readonly at: Instant;
  readonly source: WebhookSource;
  readonly body: string;
};

/** Raw bodies are kept for this long; a mended parser can read them again until then. */
export const rawBodyMaxAgeSeconds = 7 * 24 * 60 * 60;

/** Keeps every delivery: that the same message comes twice is for the thread to notice. */
export const webhookDecider: Decider<null, ReceiveWebhook, WebhookReceived, Rejection<never>> = {
  name: 'webhooks',
  initial: null,
  decide: (_, { at, source, body }) => [{ type: 'WebhookReceived', at, data: { source, body } }],
  evolve: () => null,
};

/** One stream for each source and day (UTC), so that old days can go as a whole. */
export const webhookStreamId = (source: WebhookSource, at: Instant): string =>
  `${source}-${at.slice(0, 10)}`;

/** One key for each source and hour: what it seals can be destroyed hour by hour. */
export const webhookSubject = (source: WebhookSource, at: Instant): string =>
  `webhooks-${source}-${at.slice(0, 13)}`;
