import { GraphQLError, OperationTypeNode } from 'graphql';
import type { KnownAuthentication } from '#access';
import type { OperationContext } from '../graphql/context.js';
import { maskErrors } from '../graphql/masked.js';
import { readOperation } from '../graphql/operation.js';
import type { OperationRequest, Way } from '../graphql/operation.js';
import type { FastifyReply, FastifyRequest } from '../http/fastify.js';
import { atExpiry } from '../socket/lifetime.js';
import { nextEvent, opening } from './event-text.js';
import { follow, refuse } from './follow.js';
import type { Telling } from './follow.js';
import { goingOnFrom, LAST_EVENT_ID_HEADER } from './last-event-id.js';
import type { StreamOptions } from './options.js';
import { lastWords } from './refusals.js';
import { createWriter } from './writer.js';

/** One operation that is being told, and to whom. */
export type Stream = Telling & { readonly authentication: KnownAuthentication };

/** An operation as it came, by a member who may open a stream. */
export type Asked = {
  readonly body: OperationRequest;
  readonly headers: FastifyRequest['headers'];
  readonly context: OperationContext;
  readonly authentication: KnownAuthentication;
};

const NO_MUTATIONS: Way = {
  takes: [OperationTypeNode.SUBSCRIPTION, OperationTypeNode.QUERY],
  // A client that comes again would write again.
  elsewhere: 'Subscriptions and queries come here; POST this to /graphql.',
};

/** Begins the answer, and ends it when the token expires or the reader stalls. */
export const openStream = (
  reply: FastifyReply,
  { authentication, context: { correlationId } }: Asked,
  { streamLimits, wallClock, log }: StreamOptions,
): Stream => {
  const writer = createWriter(reply.raw, streamLimits, () =>
    endStream(stream, lastWords.stalled(streamLimits)),
  );
  const stream: Stream = { writer, authentication, correlationId, log };
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    // Asks proxies not to collect what is to be told at once.
    'x-accel-buffering': 'no',
  });
  const stopExpiry = atExpiry(authentication.expiresAtMs, wallClock, () =>
    endStream(stream, lastWords.tokenExpired()),
  );
  void writer.closed.then(stopExpiry);
  return stream;
};

/** Ends a stream that would go on: with the reason, and without `complete`. */
export const endStream = ({ writer, correlationId, log }: Stream, why: GraphQLError): void =>
  writer.end(nextEvent({ errors: maskErrors([why], correlationId, log) }, null));

/** Tells what was asked until there is no more of it, or nobody listens. */
export const tell = async (
  stream: Stream,
  { body, headers, context }: Asked,
  options: StreamOptions,
): Promise<void> => {
  await stream.writer.write(opening(options.streamLimits.retryMs));
  const read = readOperation(body, context, options, NO_MUTATIONS);
  if (!('document' in read)) return refuse(read, stream);
  const lastEventId = headers[LAST_EVENT_ID_HEADER];
  try {
    const from = typeof lastEventId === 'string' ? lastEventId : undefined;
    await follow(goingOnFrom(read, from), stream);
  } catch (error) {
    refuse([error instanceof GraphQLError ? error : new GraphQLError('It failed.')], stream);
  }
};
