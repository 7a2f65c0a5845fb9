import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Counter } from '#edge';
import { WebhookInbox, type WebhookSource } from '#webhooks';
import { WEBHOOK_SETTINGS, type WebhookSettings } from './webhook-settings.js';

const retryAfterSeconds = '5';

/** What all webhooks have in common: bodies are kept, and counted by what became of them. */
@Injectable()
export class WebhookDoor {
  private readonly deliveries: Counter;

  constructor(
    private readonly inbox: WebhookInbox,
    @Inject(WEBHOOK_SETTINGS) private readonly settings: WebhookSettings,
  ) {
    this.deliveries = settings.metrics.counter(
      'webhook_deliveries_total',
      'Deliveries of providers, by what became of them',
    );
  }

  /** The signature does not fit: answers `status` with a sentence, and keeps nothing. */
  refuse(source: WebhookSource, reply: FastifyReply, status: 401 | 403): FastifyReply {
    this.count(source, 'unsigned');
    return reply.code(status).send({ error: 'The signature does not fit the body.' });
  }

  /**
   * Whether the body is on the log now. If it is not, the reply has told the provider to deliver it
   * again.
   */
  async keeps(
    source: WebhookSource,
    delivered: { readonly body: Buffer; readonly query: string },
    reply: FastifyReply,
  ): Promise<boolean> {
    try {
      await this.inbox.receive(source, delivered.body, delivered.query);
    } catch (error) {
      this.count(source, 'unavailable');
      this.settings.log.error({ error }, 'a delivery could not be kept');
      void reply.header('retry-after', retryAfterSeconds);
      void reply.code(503).send({ error: 'The delivery could not be kept. Deliver it again.' });
      return false;
    }
    this.count(source, 'kept');
    return true;
  }

  private count(source: WebhookSource, outcome: string): void {
    this.deliveries.add({ source, outcome });
  }
}

/** The very bytes that were posted; none when there was no body. */
export const rawBodyOf = ({ body }: FastifyRequest): Buffer =>
  Buffer.isBuffer(body) ? body : Buffer.alloc(0);

export const headerOf = ({ headers }: FastifyRequest, name: string): string | undefined => {
  const header = headers[name];
  return typeof header === 'string' ? header : undefined;
};
