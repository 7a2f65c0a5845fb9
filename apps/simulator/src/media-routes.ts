import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answer, textIn } from './answering.js';
import type { FileAnswer, MediaDouble } from './media-double.js';

/** The Graph API tells where a file is; whoever asks for it there needs the token, too. */
export const registerMedia = (scope: FastifyInstance, media: MediaDouble): void => {
  scope.get('/meta/:version/:mediaId', async (request, reply) => {
    const base = `${request.protocol}://${request.host}/simulator/meta/media`;
    const id = textIn(request.params, 'mediaId') ?? '';
    return answer(reply, media.locate(id, request.headers.authorization, base));
  });
  scope.get('/meta/media/:mediaId', async (request, reply) => {
    const id = textIn(request.params, 'mediaId') ?? '';
    return send(request, reply, media.bytes(id, request.headers.authorization));
  });
};

const send = (request: FastifyRequest, reply: FastifyReply, file: FileAnswer): FastifyReply => {
  switch (file.kind) {
    case 'status':
      return reply.code(file.status).send();
    case 'redirect':
      return reply.code(302).header('location', file.to).send();
    case 'bytes':
      return reply.type(file.type).send(file.bytes);
    case 'cut':
    case 'stuck':
      return half(request, reply, file);
  }
};

const half = (
  { raw: { socket } }: FastifyRequest,
  reply: FastifyReply,
  { kind, type, bytes }: Extract<FileAnswer, { readonly kind: 'cut' | 'stuck' }>,
): FastifyReply => {
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': type, 'content-length': bytes.length });
  reply.raw.write(bytes.subarray(0, bytes.length / 2), () => {
    if (kind === 'cut') socket.destroy();
  });
  return reply;
};
