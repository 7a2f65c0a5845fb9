import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { reportError } from '../graphql/options.js';
import { GRAPHQL_PATH } from '../http/adapter.js';
import { CLOSE_CODES, closeAll, keepAlive, recheckMembers } from './lifetime.js';
import type { Connection } from './lifetime.js';
import { makeProtocol, socketFor } from './protocol.js';
import type { SubscriptionOptions } from './options.js';

export interface SubscriptionServer {
  /** How many sockets are open. */
  readonly sockets: () => number;
  /** Accepts no more, tells every client to go elsewhere (1001), and resolves when all are gone. */
  close(): Promise<void>;
}

/** Serves subscriptions by graphql-transport-ws at /graphql of the HTTP server that is given. */
export const serveSubscriptions = (options: SubscriptionOptions): SubscriptionServer => {
  const { server, socketLimits } = options;
  const connections = new Set<Connection>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: socketLimits.frameBytesMax,
    perMessageDeflate: false,
    // One message at a time: a subscription that is completed is gone before its id comes again.
    allowSynchronousEvents: false,
    handleProtocols,
  });
  const protocol = makeProtocol(options);
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) =>
    open(connectionOf(socket), request),
  );

  const open = (connection: Connection, request: IncomingMessage): void => {
    const { socket } = connection;
    connections.add(connection);
    // ws closes the socket itself, with the right code; there is nothing else to do but to listen.
    socket.on('error', () => undefined);
    socket.on('pong', () => void (connection.isAlive = true));
    const closed = protocol.opened(socketFor(socket, socketLimits, options.log), {
      connection,
      request,
    });
    socket.once('close', (code, reason) => {
      connections.delete(connection);
      connection.stopExpiry();
      Promise.resolve(closed(code, String(reason))).catch((error: unknown) =>
        reportError(options.log, error),
      );
    });
  };

  const upgrade = (request: IncomingMessage, raw: Duplex, head: Buffer): void => {
    const refused = refusalOf(request, options, connections.size);
    if (refused !== null) return refuse(raw, refused);
    sockets.handleUpgrade(request, raw, head, (socket) =>
      sockets.emit('connection', socket, request),
    );
  };
  server.on('upgrade', upgrade);
  const stopPings = keepAlive(connections, socketLimits.pingEveryMs);
  const stopChecks = recheckMembers(
    connections,
    socketLimits.recheckEveryMs,
    ({ socket }) => socket.close(CLOSE_CODES.forbidden, 'Capabilities changed'),
    options,
  );

  return {
    sockets: () => connections.size,
    close: async () => {
      server.off('upgrade', upgrade);
      server.on('upgrade', (_, raw) => refuse(raw, '503 Service Unavailable'));
      stopPings();
      stopChecks();
      await closeAll(connections, socketLimits.closeMsMax);
    },
  };
};

const connectionOf = (socket: WebSocket): Connection => ({
  socket,
  authentication: null,
  isAlive: true,
  refusals: 0,
  stopExpiry: () => undefined,
});

const refusalOf = (
  request: IncomingMessage,
  { allowedOrigins, socketLimits }: SubscriptionOptions,
  open: number,
): string | null => {
  const { origin } = request.headers;
  if (request.url?.split('?')[0] !== GRAPHQL_PATH) return '404 Not Found';
  if (origin !== undefined && !allowedOrigins.has(origin)) return '403 Forbidden';
  return open >= socketLimits.socketsMax ? '503 Service Unavailable' : null;
};

const refuse = (raw: Duplex, status: string): void => {
  raw.on('error', () => undefined);
  raw.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};
