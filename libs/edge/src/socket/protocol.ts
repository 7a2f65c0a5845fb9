import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { makeServer } from 'graphql-ws';
import type { Context, Server, WebSocket as ProtocolSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { unauthenticated } from '#access';
import { authenticateOrUnavailable } from '../graphql/context.js';
import { edgeError, maskError } from '../graphql/errors.js';
import { reportError } from '../graphql/options.js';
import type { Log } from '../http/log.js';
import { CLOSE_CODES, closeAtExpiry } from './lifetime.js';
import type { Connection } from './lifetime.js';
import { readOperation } from './operation.js';
import type { SubscriptionOptions } from './options.js';

type Extra = { readonly connection: Connection; readonly request: IncomingMessage };
type Parameters = Record<string, unknown> | undefined;
type SocketContext = Context<Parameters, Extra>;

/** A socket of ws as graphql-ws wants it. */
export const socketFor = (socket: WebSocket, log: Log): ProtocolSocket => ({
  protocol: socket.protocol,
  // Resolves when the bytes have left, so that a slow reader slows its own subscriptions down.
  send: (data) =>
    new Promise<void>((resolve, reject) => {
      if (socket.readyState !== socket.OPEN) return resolve();
      socket.send(data, (error) => (error ? reject(error) : resolve()));
    }),
  close: (code, reason) => socket.close(code, reason),
  onMessage: (heard) =>
    void socket.on('message', (data: Buffer) => {
      heard(data.toString('utf8')).catch((error: unknown) => {
        reportError(log, error);
        socket.close(CLOSE_CODES.internalError, 'Internal error');
      });
    }),
});

/** The protocol graphql-transport-ws with our authentication, limits and masking. */
export const makeProtocol = (options: SubscriptionOptions): Server<Extra> =>
  makeServer<Parameters, Extra>({
    connectionInitWaitTimeout: options.socketLimits.initMsMax,
    onConnect: (context) => connect(context, options),
    onSubscribe: (context, _, payload) => {
      const { authentication } = context.extra.connection;
      if (authentication === null) return [unauthenticated()];
      const refused = overLimit(context, options.socketLimits.subscriptionsMax);
      if (refused !== null) return [refused];
      const correlationId = randomUUID();
      return readOperation(payload, { authentication, correlationId, position: null }, options);
    },
    onNext: (_, __, ___, { contextValue }, result) => {
      if (!result.errors) return undefined;
      const errors = masked(result.errors, correlationOf(contextValue), options.log);
      const answer: FormattedExecutionResult = { data: result.data ?? null, errors };
      return answer;
    },
    onError: (_, __, ___, errors) => masked(errors, randomUUID(), options.log),
  });

/** Who is it? False closes with 4403, as the protocol wants it. */
const connect = async (context: SocketContext, options: SubscriptionOptions): Promise<boolean> => {
  const { connection, request } = context.extra;
  const given = context.connectionParams?.['authorization'];
  const authorization = typeof given === 'string' ? given : request.headers.authorization;
  const { authenticator, log, wallClock } = options;
  const found = await authenticateOrUnavailable(authenticator, authorization, log);
  if (found.kind === 'unavailable')
    connection.socket.close(CLOSE_CODES.tryAgainLater, 'Try again later');
  if (found.kind !== 'known') return false;
  connection.authentication = found;
  closeAtExpiry(connection, found.expiresAtMs, wallClock);
  return true;
};

const overLimit = ({ subscriptions }: SocketContext, limit: number): GraphQLError | null => {
  // The one that is being asked for is among them already.
  const actual = Object.keys(subscriptions).length;
  if (actual <= limit) return null;
  const message = `This socket has ${limit} subscriptions already. Complete one, or open another.`;
  return edgeError('LIMIT_EXCEEDED', message, { limit, actual });
};

const masked = (
  errors: readonly GraphQLError[],
  correlationId: string,
  log: Log,
): readonly GraphQLFormattedError[] =>
  errors.map((error) =>
    maskError(error.toJSON(), error, {
      correlationId,
      report: (cause) => reportError(log, cause),
    }),
  );

const correlationOf = (context: unknown): string =>
  typeof context === 'object' && context !== null && 'correlationId' in context
    ? String(context.correlationId)
    : randomUUID();
