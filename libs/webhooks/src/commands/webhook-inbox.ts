import { Inject, Injectable } from '@nestjs/common';
import { commandId, instant, organisationId, type Instant } from '#kernel';
import { CHANCE, CLOCK, RECORD, type Chance, type Clock, type Record } from '#engine';
import { packed } from '../body.js';
import type { WebhookReceived, WebhookSource } from '../domain/events.js';

/** Raw bodies are kept for this long; a mended parser can read them again until then. */
export const rawBodyMaxAgeSeconds = 7 * 24 * 60 * 60;

/** Bodies belong to nobody until they have been read: which organisation is inside them. */
const system = organisationId('system');

/** Keeps every delivery, raw: that the same message comes twice is for its thread to notice. */
@Injectable()
export class WebhookInbox {
  /** The stream whose retention has been set: only ever today's. */
  private limited: string | null = null;

  constructor(
    @Inject(RECORD) private readonly record: Record,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CHANCE) private readonly chance: Chance,
  ) {}

  /**
   * Resolves once the body is durable. `query` is that of the address that was called; it is not
   * sealed. Throws the log's own errors.
   */
  async receive(source: WebhookSource, body: Buffer, query = ''): Promise<void> {
    const at = instant(this.clock.now());
    const stream = webhookStream(source, at);
    const event: WebhookReceived = {
      type: 'WebhookReceived',
      at,
      data: { source, ...packed(body), query },
    };
    const id = commandId(this.chance.uuid());
    await this.limit(stream);
    await this.record.write(stream, event, {
      commandId: id,
      correlationId: id,
      causationId: null,
      organisationId: system,
      actor: { kind: 'provider', id: source },
      capability: null,
      at,
      subject: webhookSubject(source, at),
      basis: [],
    });
  }

  /** Before the first body: a crash between the two must not leave bodies that stay for ever. */
  private async limit(stream: string): Promise<void> {
    if (this.limited === stream) return;
    await this.record.keepFor(stream, rawBodyMaxAgeSeconds);
    this.limited = stream;
  }
}

/** One stream for each source and day (UTC), so that old days can go as a whole. */
export const webhookStream = (source: WebhookSource, at: Instant): string =>
  `webhooks-${source}-${at.slice(0, 10)}`;

/** One key for each source and hour: what it seals can be destroyed hour by hour. */
const webhookSubject = (source: WebhookSource, at: Instant): string =>
  `webhooks-${source}-${at.slice(0, 13)}`;
