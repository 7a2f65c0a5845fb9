import { Readable } from 'node:stream';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator, Open, lackOf, lackSentence } from '#access';
import { MessageFiles, type FileOfMessage } from '#conversations';
import type { Log } from '#edge';
import { organisationId, type OrganisationId } from '#kernel';
import {
  MEDIA_LINKS,
  MEDIA_STORE,
  contentDisposition,
  readRange,
  type KeptFile,
  type MediaLinks,
  type MediaStore,
} from '#media';
import { headerOf } from './webhook-door.js';

export const MEDIA_SETTINGS = Symbol('MediaSettings');

export const MEDIA_LIMITS = {
  /** Files that are being handed out at once. */
  streamsMax: 500,
  /** A reader who takes nothing for so long is let go; one who reads on asks for the rest. */
  stallMsMax: 30_000,
} as const;

export type MediaSettings = {
  readonly log: Log;
  readonly limits: { readonly [Name in keyof typeof MEDIA_LIMITS]: number };
};

const idForm = /^[A-Za-z0-9_-]{1,100}$/;
const retryAfterSeconds = '5';

/** Whatever a file holds, a browser that opens it runs nothing and loads nothing. */
const fileHeaders = {
  'content-security-policy': "sandbox; default-src 'none'",
  // A link is good for the pages of whoever was given it; without one, nothing is handed out.
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, max-age=600',
  'accept-ranges': 'bytes',
} as const;

type Asked = { readonly access?: unknown; readonly download?: unknown };

/** Who asks: of this organisation, or nobody who may, with what they are told. */
type Visitor =
  | { readonly organisation: OrganisationId }
  | { readonly status: 401 | 403 | 503; readonly error: string };

/** The files of messages, for programs with a token and for tags with a signed link. */
@Controller('media')
@Open('a token or a signed link is looked at here')
export class MediaController implements OnModuleDestroy {
  private readonly streams = new Set<Readable>();

  constructor(
    private readonly authenticator: Authenticator,
    private readonly files: MessageFiles,
    @Inject(MEDIA_LINKS) private readonly links: MediaLinks,
    @Inject(MEDIA_STORE) private readonly store: MediaStore,
    @Inject(MEDIA_SETTINGS) private readonly settings: MediaSettings,
  ) {}

  /** Whoever is being handed a file comes again for the rest of it. */
  onModuleDestroy(): void {
    for (const stream of this.streams) stream.destroy();
  }

  @Get(':id')
  async file(
    @Param('id') id: string,
    @Query() asked: Asked,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const visitor = await this.visitor(id, asked, request);
    if ('status' in visitor) return refuse(reply, visitor.status, visitor.error);
    const file = idForm.test(id) ? await this.files.find(visitor.organisation, id) : null;
    const kept = file && (await this.store.open(file.place));
    if (!file || !kept) return refuse(reply, 404, 'There is no such file.');
    const isDownload = asked.download === '1';
    void reply.headers({
      ...fileHeaders,
      'content-type': file.mimeType,
      'content-disposition': contentDisposition(file, isDownload),
      etag: etagOf(file),
    });
    return this.answer(request, reply, file, kept);
  }

  private async visitor(id: string, { access }: Asked, request: FastifyRequest): Promise<Visitor> {
    if (access !== undefined) {
      const organisation = typeof access === 'string' ? this.links.opens(id, access) : null;
      return organisation === null ? badLink : { organisation };
    }
    const found = await this.authenticator.authenticate(headerOf(request, 'authorization'));
    if (found.kind === 'unavailable')
      return { status: 503, error: 'Tokens cannot be verified at the moment. Try again shortly.' };
    if (found.kind !== 'known')
      return { status: 401, error: 'Send a bearer token, or ask for the message’s link.' };
    const lack = lackOf(found.principal, 'messages.view');
    if (lack !== null) return { status: 403, error: lackSentence(lack, 'messages.view') };
    return { organisation: organisationId(found.principal.organisationId) };
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    file: FileOfMessage,
    kept: KeptFile,
  ) {
    const etag = etagOf(file);
    if (namesEtag(headerOf(request, 'if-none-match'), etag)) return reply.code(304).send();
    const condition = headerOf(request, 'if-range');
    const isSame = condition === undefined || condition === etag;
    const range = isSame ? readRange(headerOf(request, 'range'), kept.size) : null;
    if (range === 'unsatisfiable') {
      void reply.header('content-range', `bytes */${kept.size}`);
      return refuse(reply, 416, `The file has ${kept.size} bytes.`);
    }
    const { first, last } = range ?? { first: 0, last: kept.size - 1 };
    void reply.code(range === null ? 200 : 206).header('content-length', last - first + 1);
    if (range !== null) void reply.header('content-range', `bytes ${first}-${last}/${kept.size}`);
    // Of a stream the server leaves the length as it is told here; of a text it would count it.
    if (request.method === 'HEAD') return reply.send(Readable.from([]));
    if (this.streams.size >= this.settings.limits.streamsMax) {
      void reply.removeHeader('content-length').removeHeader('content-range');
      return refuse(reply.header('retry-after', retryAfterSeconds), 503, 'Too many files at once.');
    }
    return reply.send(this.stream(kept.read(first, last)));
  }

  private stream(bytes: AsyncGenerator<Buffer, void>): Readable {
    const { log, limits } = this.settings;
    const letGo = (): Readable => stream.destroy();
    const stream: Readable = Readable.from(paced(bytes, limits.stallMsMax, letGo));
    this.streams.add(stream);
    stream.once('error', (error) => log.error({ error }, 'a file could not be read'));
    stream.once('close', () => this.streams.delete(stream));
    return stream;
  }
}

/** The same bytes, asked for by a reader; `stalled` is called when he asks no more. */
async function* paced(
  bytes: AsyncGenerator<Buffer, void>,
  stallMsMax: number,
  stalled: () => void,
): AsyncGenerator<Buffer, void> {
  const waiting = setTimeout(stalled, stallMsMax);
  try {
    for await (const chunk of bytes) {
      waiting.refresh();
      yield chunk;
    }
  } finally {
    clearTimeout(waiting);
  }
}

/** One sentence for a link that was changed, of another file, or too old. */
const badLink: Visitor = {
  status: 403,
  error: 'This link is not valid, or no longer. Ask for the message again.',
};

const refuse = (reply: FastifyReply, status: number, error: string): FastifyReply => {
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  return reply
    .code(status)
    .removeHeader('content-disposition')
    .removeHeader('etag')
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send({ error });
};

/** A kept file never changes: its name is enough. */
const etagOf = ({ place }: FileOfMessage): string => `"${place.mediaKey}"`;

const namesEtag = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  (header.trim() === '*' ||
    header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag));
