import { Server } from '@grpc/grpc-js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import serverFeaturesGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { append } from './calls/append.js';
import { batchAppend } from './calls/batch-append.js';
import type { Context } from './calls/context.js';
import { softDelete, tombstone } from './calls/delete.js';
import { getSupportedMethods, readGossip } from './calls/directory.js';
import { read } from './calls/read.js';
import { Connections } from './connections.js';
import { Faults } from './faults.js';
import { NodeLog, type LogOptions } from './log/log.js';
import { writeFirstEvents } from './log/first-events.js';
import type { Users } from './security/admission.js';
import { secured } from './security/security.js';

const APPEND_BYTES_MAX = 1024 * 1024;
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;
const WRITE_TIMEOUT_MS = 2_000;
const KEEP_ALIVE_MS = 10_000;
const VERSION = '24.10.4';

export type NodeOptions = {
  /** Holds the log; what was written goes on when a node is started on it again. */
  readonly directory: string;
  /** Without it any that is free. */
  readonly port?: number;
  /** Epoch milliseconds: `created` of each event, and what is too old. */
  readonly clock?: () => number;
  readonly appendBytesMax?: number;
  readonly writeTimeoutMs?: number;
  /** An older server, to which the client appends over calls of their own. */
  readonly withoutBatches?: boolean;
  /** Speaks TLS, and only to these: names and passwords. The first is in the connection string. */
  readonly users?: Users;
  readonly testing?: LogOptions['testing'];
};

export type EventStoreDbNode = {
  /** For one node. */
  readonly connectionString: string;
  /** The same, found by gossip. */
  readonly discoverConnectionString: string;
  readonly port: number;
  readonly faults: Faults;
  /** The port and the connections, to take them away and give them back. */
  readonly connections: Connections;
  /** Ends every call, finishes what was accepted and lets go of the directory. */
  close(): Promise<void>;
};

const serve = (context: Context, connections: Connections, options: NodeOptions): Server => {
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': KEEP_ALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEP_ALIVE_MS,
  });
  const { batchAppend: batches, ...older } = streamsGrpc.StreamsService;
  const offered = options.withoutBatches === true ? older : { ...older, batchAppend: batches };
  const { GossipService } = gossipGrpc;
  const { ServerFeaturesService } = serverFeaturesGrpc;
  const services = [offered, GossipService, ServerFeaturesService];
  server.addService(streamsGrpc.StreamsService, {
    read: read(context),
    append: append(context),
    batchAppend: batchAppend(context),
    delete: softDelete(context),
    tombstone: tombstone(context),
  });
  server.addService(GossipService, { read: readGossip(context, () => connections.endPoint) });
  server.addService(ServerFeaturesService, {
    getSupportedMethods: getSupportedMethods(context, VERSION, services),
  });
  return server;
};

/** Opens the log of the directory and serves it. Throws what `openEmbedded` throws. */
export const startNode = async (options: NodeOptions): Promise<EventStoreDbNode> => {
  const { directory, port = 0, clock = Date.now, testing = {} } = options;
  const log = await NodeLog.open({ directory, clock, testing });
  await writeFirstEvents(log);
  const connections = new Connections(port, (socket) => injector.injectConnection(socket));
  const faults = new Faults(() => connections.cut());
  const { credentials, admit, user, query } = await secured(directory, options.users);
  const context: Context = {
    log,
    faults,
    appendBytesMax: options.appendBytesMax ?? APPEND_BYTES_MAX,
    writeTimeoutMs: options.writeTimeoutMs ?? WRITE_TIMEOUT_MS,
    admit,
  };
  const server = serve(context, connections, options);
  const injector = server.createConnectionInjector(credentials);
  await connections.accept();
  const { host, port: bound } = connections.endPoint;
  return {
    connectionString: `esdb://${user}${host}:${bound}?${query}`,
    discoverConnectionString: `esdb+discover://${user}${host}:${bound}?${query}`,
    port: bound,
    faults,
    connections,
    close: async () => {
      await connections.refuse();
      server.forceShutdown();
      await log.close();
    },
  };
};
