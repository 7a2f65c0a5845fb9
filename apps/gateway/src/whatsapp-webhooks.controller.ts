import { Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Open } from '#access';
import { handshake, splitWebhook, verifySignature } from '#channels/whatsapp';
import { keptBytesMax } from '#webhooks';
import { WebhookDoor, headerOf, rawBodyOf } from './webhook-door.js';
import { WEBHOOK_SETTINGS, type WebhookSettings } from './webhook-settings.js';

const signedByMeta = 'Meta signs what it delivers';

/** Where Meta calls us: its handshake, and its deliveries, which are kept before they are read. */
@Controller('webhooks/whatsapp')
export class WhatsAppWebhooksController {
  constructor(
    private readonly door: WebhookDoor,
    @Inject(WEBHOOK_SETTINGS) private readonly settings: WebhookSettings,
  ) {}

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
    const body = rawBodyOf(request);
    const signature = headerOf(request, 'x-hub-signature-256');
    if (!verifySignature(body, signature, this.settings.appSecrets))
      return this.door.refuse('whatsapp', reply, 401);
    // All of them, or Meta delivers it again: what is kept twice is for the threads to notice.
    for (const part of splitWebhook(body, keptBytesMax))
      if (!(await this.door.keeps('whatsapp', { body: part, query: '' }, reply))) return reply;
    return reply.code(200).send();
  }
}
