import { GraphQLError } from 'graphql';
import type { KnownAuthentication } from '#access';
import { httpContext } from '../graphql/context.js';
import { maskErrors } from '../graphql/masked.js';
import type { OperationRequest } from '../graphql/operation.js';
import { STREAM_PATH } from '../http/adapter.js';
import { currentCorrelationId } from '../http/correlation.js';
import type { FastifyReply, FastifyRequest } from '../http/fastify.js';
import { recheckMembers } from '../socket/lifetime.js';
import type { StreamOptions } from './options.js';
import { lastWords, refusalForWantOfRoom, refusalOfAsker, refusalOfRequest } from './refusals.js';
import type { HttpRefusal } from './refusals.js';
import { readBody } from './stream-request.js';
import { endStream, openStream, tell } from './stream.js';
import type { Asked, Stream } from './stream.js';

export interface StreamServer {
  /** How many streams are open. */
  readonly streams: () => number;
  /** Opens no more, tells every client to come again elsewhere, and resolves when all are gone. */
  close(): Promise<void>;
}

/**
 * Serves subscriptions, and queries, as server-sent events: the protocol graphql-sse in its mode of
 * distinct connections, at /graphql/stream. Each event's id is the change's cursor, and the header
 * Last-Event-ID goes before the argument `after`.
 */
export const serveStreams = (options: StreamOptions): StreamServer => {
  const { instance, streamLimits } = options;
  const streams = new Set<Stream>();
  let isClosing = false;
  const contextOf = httpContext(options.authenticator, options.log);

  const roomFor = (authentication: KnownAuthentication): HttpRefusal | null => {
    const ofMember = [...streams].filter((each) => isSame(each.authentication, authentication));
    const open = { all: streams.size, ofMember: ofMember.length, isClosing };
    return refusalForWantOfRoom(open, streamLimits);
  };
  const read = async (request: FastifyRequest): Promise<Asked | HttpRefusal> => {
    const wrong = refusalOfRequest(request);
    if (wrong !== null) return wrong;
    const context = await contextOf(request);
    const { authentication } = context;
    if (authentication.kind !== 'known') return refusalOfAsker(authentication);
    const full = roomFor(authentication);
    if (full !== null) return full;
    const body = bodyOf(request);
    if (body instanceof GraphQLError) return { status: 400, error: body };
    return { body, headers: request.headers, context, authentication };
  };
  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const asked = await read(request);
    if ('status' in asked) return sayNo(reply, asked, options);
    const stream = openStream(reply, asked, options);
    streams.add(stream);
    void stream.writer.closed.then(() => streams.delete(stream));
    await tell(stream, asked, options);
    return reply;
  };

  instance.route({ method: ['GET', 'POST', 'PUT', 'DELETE'], url: STREAM_PATH, handler: handle });
  const pings = setInterval(() => {
    for (const { writer } of streams) writer.keepAlive();
  }, streamLimits.keepAliveEveryMs);
  const stopChecks = recheckMembers(
    streams,
    streamLimits.recheckEveryMs,
    (stream) => endStream(stream, lastWords.capabilitiesChanged()),
    options,
  );
  return {
    streams: () => streams.size,
    close: async () => {
      isClosing = true;
      clearInterval(pings);
      stopChecks();
      for (const stream of streams) endStream(stream, lastWords.goingAway());
      await Promise.all([...streams].map(({ writer }) => writer.closed));
    },
  };
};

const isSame = (a: KnownAuthentication, b: KnownAuthentication): boolean =>
  a.subject === b.subject && a.principal.organisationId === b.principal.organisationId;

const bodyOf = ({ body }: FastifyRequest): OperationRequest | GraphQLError => {
  try {
    return readBody(body);
  } catch (error) {
    return error instanceof GraphQLError ? error : new GraphQLError('The body cannot be read.');
  }
};

const sayNo = (
  reply: FastifyReply,
  { status, error, headers = {} }: HttpRefusal,
  { log }: StreamOptions,
): FastifyReply =>
  reply
    .code(status)
    .headers(headers)
    .send({ errors: maskErrors([error], currentCorrelationId(), log) });
