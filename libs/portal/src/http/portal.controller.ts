import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Open } from '#access';
import { PortalDoor } from './door.js';
import { assetHeaders, pageHeaders } from './headers.js';
import { LiveStreams } from './live-streams.js';
import { comesFromOwnPage } from './own-page.js';
import { PortalPages } from './pages.js';
import { PORTAL_SETTINGS, type PortalSettings } from './settings.js';
import { ThreadDesk } from './thread-desk.js';

const retryAfterSeconds = '60';
const cursorCharactersMax = 200;

/** Where the link of a bridge SMS leads: looking changes nothing, the button opens, once. */
@Controller('p')
@Open('a customer comes with a code from an SMS, not with a token')
export class PortalController {
  constructor(
    private readonly door: PortalDoor,
    private readonly desk: ThreadDesk,
    private readonly pages: PortalPages,
    private readonly streams: LiveStreams,
    @Inject(PORTAL_SETTINGS) private readonly settings: PortalSettings,
  ) {}

  @Get('-/:version/:file')
  asset(@Param('file') file: string, @Res() reply: FastifyReply) {
    const asset = this.pages.asset(file);
    if (asset === null) return reply.code(404).send();
    return reply.headers(assetHeaders).type(asset.type).send(asset.text);
  }

  /** Without a visit the same bytes for every code, so that a look gives nothing away. */
  @Get(':code')
  look(@Param('code') code: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.answering(reply, async () => {
      if (!this.door.bringsToken(request, code)) return send(reply, 200, this.pages.gate);
      const visitor = await this.door.visitor(request, code);
      if (visitor === null) return send(reply, 404, this.pages.notValid);
      return send(reply, 200, await this.desk.page(visitor, null));
    });
  }

  @Post(':code')
  open(@Param('code') code: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.answering(reply, async () => {
      if (!this.isOwn(request)) return send(reply, 403, this.pages.foreign);
      if (this.door.bringsToken(request, code) && (await this.door.visitor(request, code)))
        return goTo(reply, code);
      const opening = await this.door.open(code, request.ip);
      if (opening.kind === 'too-many') return tooMany(reply, this.pages.tooMany);
      if (opening.kind === 'not-valid') return send(reply, 404, this.pages.notValid);
      return goTo(reply.header('set-cookie', opening.cookie), code);
    });
  }

  /** For whoever loads the answer to a refused message again. */
  @Get(':code/messages')
  back(@Param('code') code: string, @Res() reply: FastifyReply) {
    return goTo(reply, code);
  }

  @Post(':code/messages')
  write(@Param('code') code: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.answering(reply, async () => {
      if (!this.isOwn(request)) return send(reply, 403, this.pages.foreign);
      const visitor = await this.door.visitor(request, code);
      if (visitor === null) return send(reply, 404, this.pages.notValid);
      const refused = await this.desk.take(visitor, request.body);
      if (refused === null) return goTo(reply, code);
      const page = await this.desk.page(visitor, refused);
      return refused.status === 429 ? tooMany(reply, page) : send(reply, refused.status, page);
    });
  }

  @Get(':code/events')
  follow(@Param('code') code: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.answering(reply, async () => {
      const visitor = await this.door.visitor(request, code);
      if (visitor === null) return send(reply, 404, this.pages.notValid);
      if (request.method === 'HEAD') return send(reply, 200, '');
      if (!this.streams.hasRoom(visitor.token)) return tooMany(reply, this.pages.tooMany);
      return this.streams.serve({ ...visitor, after: seenBy(request) }, reply);
    });
  }

  private isOwn({ headers }: FastifyRequest): boolean {
    return comesFromOwnPage(headers, this.settings.origin);
  }

  /** Whatever fails, the customer reads a page; the operator reads what it was. */
  private async answering(reply: FastifyReply, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.settings.log.error({ error }, 'the portal could not answer');
      if (!reply.sent) send(reply, 503, this.pages.trouble);
    }
  }
}

const send = (reply: FastifyReply, status: number, page: string): FastifyReply =>
  reply.headers(pageHeaders).code(status).send(page);

const tooMany = (reply: FastifyReply, page: string): FastifyReply =>
  send(reply.header('retry-after', retryAfterSeconds), 429, page);

/** After a post the browser asks for the page: loading that again repeats nothing. */
const goTo = (reply: FastifyReply, code: string): FastifyReply =>
  send(reply.header('location', `/p/${encodeURIComponent(code)}`), 303, '');

/** The last change that a browser has seen: by its own account, else by the page it shows. */
const seenBy = ({ headers, url }: FastifyRequest): string | null => {
  const own = headers['last-event-id'];
  const asked = new URL(url, 'http://portal').searchParams.get('after');
  const after = typeof own === 'string' && own !== '' ? own : asked;
  return after === null || after === '' || after.length > cursorCharactersMax ? null : after;
};
