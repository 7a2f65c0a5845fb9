import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { OperationTypeNode } from 'graphql';
import type { ExecutionArgs, FormattedExecutionResult, GraphQLError } from 'graphql';
import { makeServer } from 'graphql-ws';
import type { Context, Server, SubscribePayload, WebSocket as ProtocolSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { unauthenticated } from '#access';
import { authenticateOrUnavailable } from '../graphql/context.js';
import { edgeError } from '../graphql/errors.js';
import { maskErrors } from '../graphql/masked.js';
import { readOperation } from '../graphql/operation.js';
import type { Way } from '../graphql/operation.js';
import { reportError } from '../graphql/options.js';
import { SharedExecution, contextOfGroup, groupOf } from '../graphql/shared-execution.js';
import type { Log } from '../http/log.js';
import { CLOSE_CODES, atExpiry } from './lifetime.js';
import type { Connection } from './lifetime.js';
import type { SocketLimits, SubscriptionOptions } from './options.js';
import { tellChanges } from './telling.js';
import type { Reader } from './telling.js';

type Extra = { readonly connection: Connection; readonly request: IncomingMessage };
type Parameters = Record<string, unknown> | undefined;
type SocketContext = Context<Parameters, Extra>;

const SUBSCRIPTIONS_ONLY: Way = {
  takes: [OperationTypeNode.SUBSCRIPTION],
  elsewhere: 'Only subscriptions come here; POST this to /graphql.',
};

/** Resolves when the bytes have left, so that a slow reader slows its own subscriptions down. */
const sendOn = (socket: WebSocket, text: string | Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    socket.send(text, { binary: false }, (error) => (error ? reject(error) : resolve()));
  });

/** A socket of ws as graphql-ws wants it. */
export const socketFor = (
  socket: WebSocket,
  { messagesMax }: SocketLimits,
  log: Log,
): ProtocolSocket => ({
  protocol: socket.protocol,
  send: (data) => sendOn(socket, data),
  close: (code, reason) => socket.close(code, reason),
  onMessage: (heard) => {
    let underWay = 0;
    const isDone = (): void => {
      underWay -= 1;
      if (underWay < messagesMax && socket.isPaused) socket.resume();
    };
    socket.on('message', (data: Buffer) => {
      underWay += 1;
      // Whoever asks and never reads is not listened to: the answers would fill our memory.
      if (underWay >= messagesMax) socket.pause();
      heard(data.toString('utf8'))
        .catch((error: unknown) => {
          reportError(log, error);
          socket.close(CLOSE_CODES.internalError, 'Internal error');
        })
        .finally(isDone);
    });
  },
});

/** The protocol graphql-transport-ws with our authentication, limits and masking. */
export const makeProtocol = (options: SubscriptionOptions): Server<Extra> => {
  const shared = new SharedExecution();
  /** By the arguments of their subscription. */
  const readers = new WeakMap<object, Reader>();
  return makeServer<Parameters, Extra>({
    connectionInitWaitTimeout: options.socketLimits.initMsMax,
    onConnect: (context) => connect(context, options),
    onSubscribe: (context, id, payload) => {
      const { connection } = context.extra;
      const asked = subscribe(context, payload, options);
      connection.refusals = isRefused(asked) ? connection.refusals + 1 : 0;
      if (connection.refusals > options.socketLimits.refusalsMax)
        connection.socket.close(CLOSE_CODES.tooManyRequests, 'Too many refused subscriptions');
      if (!isRefused(asked)) readers.set(asked, readerOf(connection, asked, { id, payload }));
      return asked;
    },
    subscribe: (args) => {
      const reader = readers.get(args);
      if (reader === undefined) throw new Error('nobody has asked for this');
      return tellChanges(args, reader, shared);
    },
    onNext: (_, __, ___, { contextValue }, result) => {
      if (!result.errors) return undefined;
      const errors = maskErrors(result.errors, correlationOf(contextValue), options.log);
      const answer: FormattedExecutionResult = { data: result.data ?? null, errors };
      return answer;
    },
    onError: (_, __, ___, errors) => maskErrors(errors, randomUUID(), options.log),
  });
};

type Asked = ReturnType<typeof readOperation>;

const isRefused = (asked: Asked): asked is readonly GraphQLError[] => Array.isArray(asked);

const subscribe = (
  context: SocketContext,
  payload: SubscribePayload,
  options: SubscriptionOptions,
): Asked => {
  const { authentication } = context.extra.connection;
  if (authentication === null) return [unauthenticated()];
  const refused = overLimit(context, options.socketLimits.subscriptionsMax);
  if (refused !== null) return [refused];
  const correlationId = randomUUID();
  const operationContext = { authentication, correlationId, position: null };
  return readOperation(payload, operationContext, options, SUBSCRIPTIONS_ONLY);
};

type Subscribing = { readonly id: string; readonly payload: SubscribePayload };

const readerOf = (
  { socket, authentication }: Connection,
  { document }: ExecutionArgs,
  { id, payload }: Subscribing,
): Reader => {
  if (authentication === null) throw unauthenticated();
  return {
    group: groupOf(payload, document, authentication),
    contextOfGroup: contextOfGroup(authentication),
    begin: `{"id":${JSON.stringify(id)},"type":"next","payload":`,
    send: (message) => sendOn(socket, message),
  };
};

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
  connection.stopExpiry = atExpiry(found.expiresAtMs, wallClock, () =>
    connection.socket.close(CLOSE_CODES.forbidden, 'Token expired'),
  );
  return true;
};

const overLimit = ({ subscriptions }: SocketContext, limit: number): GraphQLError | null => {
  // The one that is being asked for is among them already.
  const actual = Object.keys(subscriptions).length;
  if (actual <= limit) return null;
  const message = `This socket has ${limit} subscriptions already. Complete one, or open another.`;
  return edgeError('LIMIT_EXCEEDED', message, { limit, actual });
};

const correlationOf = (context: unknown): string =>
  typeof context === 'object' && context !== null && 'correlationId' in context
    ? String(context.correlationId)
    : randomUUID();
