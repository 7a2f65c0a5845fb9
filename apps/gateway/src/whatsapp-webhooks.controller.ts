import { Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Open } from '#access';
import { WebhookInbox } from '#channels/inbox';
import { handshake, verifySignature } from '#channels/whatsapp';
import type { Counter } from '#edge';
import { WEBHOOK_SETTINGS, type WebhookSettings } from './webhook-settings.js';

const signedByMeta = 'Meta signs what it delivers';
const retryAfterSeconds = '5';

/** Where Meta calls us: its handshake, and its deliveries, which are kept before they are read. */
@Controller('webhooks/whatsapp')
export class WhatsAppWebhooksController {
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

  @Get()
  @Open('Meta asks with a token that both know')
  verify(@Query() query: { readonly [name: string]: unknown }, @Res() reply: FastifyReply) {
    const challenge = handshake(query, this.settings.verifyToken);
    void reply.type('text/plain; charset=utf-8');
    return challenge === null
      ? reply.code(403).send('The verify token is not the one that was agreed.')
      : reply.send(challenge);
  }

  @Post()
  @Open(signedByMeta)
  async receive(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const header = request.headers['x-hub-signature-256'];
    const signature = typeof header === 'string' ? header : undefined;
    if (!verifySignature(body, signature, this.settings.appSecrets)) {
      this.count('unsigned');
      return reply.code(401).send({ error: 'The signature does not fit the body.' });
    }
    try {
      await this.inbox.receive('whatsapp', body);
    } catch (error) {
      this.count('unavailable');
      this.settings.log.error({ error }, 'a delivery could not be kept');
      void reply.header('retry-after', retryAfterSeconds);
      return reply.code(503).send({ error: 'The delivery could not be kept. Deliver it again.' });
    }
    this.count('kept');
    return reply.code(200).send();
  }

  private count(outcome: string): void {
    this.deliveries.add({ source: 'whatsapp', outcome });
  }
}
