import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Open } from '#access';
import { verifySignature } from '#channels/sms';
import type { WebhookSource } from '#webhooks';
import { WebhookDoor, headerOf, rawBodyOf } from './webhook-door.js';
import { WEBHOOK_SETTINGS, type WebhookSettings } from './webhook-settings.js';

const signedByTwilio = 'Twilio signs what it posts';
const inboundPath = '/webhooks/sms';
const statusPath = '/webhooks/sms/status';
/** TwiML without a verb: Twilio answers the customer nothing. */
const noAnswer = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

/** Where Twilio calls us: what customers send, and how far our own messages got. */
@Controller()
export class SmsWebhooksController {
  constructor(
    private readonly door: WebhookDoor,
    @Inject(WEBHOOK_SETTINGS) private readonly settings: WebhookSettings,
  ) {}

  @Post(inboundPath)
  @Open(signedByTwilio)
  async inbound(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const body = this.signedBody('sms', inboundPath, request, reply);
    if (body === null || !(await this.door.keeps('sms', { body, query: '' }, reply))) return reply;
    return reply.code(200).type('text/xml; charset=utf-8').send(noAnswer);
  }

  @Post(statusPath)
  @Open(signedByTwilio)
  async status(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const body = this.signedBody('smsstatus', statusPath, request, reply);
    if (body === null) return reply;
    const query = queryOf(request);
    if (!(await this.door.keeps('smsstatus', { body, query }, reply))) return reply;
    return reply.code(204).send();
  }

  /**
   * The body, if Twilio signed it for our address; else null, and the reply says why. Host and
   * X-Forwarded headers have no say in what our address is.
   */
  private signedBody(
    source: WebhookSource,
    path: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Buffer | null {
    const { sms } = this.settings;
    if (sms === null) {
      void reply.code(404).send({ error: 'SMS is not set up here.' });
      return null;
    }
    const query = queryOf(request);
    const rawBody = rawBodyOf(request);
    const isSigned = verifySignature({
      url: `${sms.publicUrl()}${path}${query && `?${query}`}`,
      rawBody,
      header: headerOf(request, 'x-twilio-signature'),
      authTokens: sms.authTokens,
    });
    if (!isSigned) void this.door.refuse(source, reply, 403);
    return isSigned ? rawBody : null;
  }
}

/** As it was received, to the letter: the signature is over it. */
const queryOf = ({ url }: FastifyRequest): string => url.replace(/^[^?]*\??/, '');
