import type { Readable } from 'node:stream';
import type {
  AllStreamSubscription,
  EventStoreDBClient,
  ResolvedEvent,
  StreamingRead,
} from '@eventstore/db-client';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';

/**
 * What the client keeps to itself and the adapter needs. The one file that knows of it: the client is
 * pinned, and its successor speaks to newer servers only.
 */
type Inside = {
  supports: () => Promise<boolean>;
  readonly GRPCStreamCreator: (client: unknown, name: string, creator: Creator) => unknown;
  readonly getChannel: () => Promise<{ readonly close: () => void }>;
};

type Grpc = { readonly read: (request: ReadReq, ...rest: readonly unknown[]) => GrpcStream };
type GrpcStream = Readable & { readonly cancel: () => void };
type Creator = (grpc: Grpc) => GrpcStream;

const insideOf = (client: EventStoreDBClient): Inside => client as unknown as Inside;

/**
 * Has every append be a call of its own. The client would put them all on one stream if the server
 * lets it; when that stream breaks under load it leaves rejections that nobody can handle, and takes
 * down answers of the stream that follows (decision 0021).
 */
export const appendOneByOne = (client: EventStoreDBClient): void => {
  insideOf(client).supports = async () => false;
};

/** Lets go of the connection; whatever is still called fails. */
export const disconnect = async (client: EventStoreDBClient): Promise<void> => {
  await client.dispose();
  const channel = await insideOf(client).getChannel();
  channel.close();
};

/** Which streams' events are read. */
export type StreamFilter = { readonly prefixes: string[] } | { readonly regex: string };

const filterOptions = (filter: StreamFilter): ReadReq.Options.FilterOptions => {
  const { FilterOptions } = messages.ReadReq.Options;
  const expression = new FilterOptions.Expression();
  if ('regex' in filter) expression.setRegex(filter.regex);
  else expression.setPrefixList(filter.prefixes);
  const options = new FilterOptions();
  options.setStreamIdentifier(expression);
  options.setMax(SEARCH_WINDOW);
  options.setCheckpointintervalmultiplier(1);
  return options;
};

/** Events that the server looks through at a time. */
const SEARCH_WINDOW = 500;

/** What the client gives for a read and for a subscription. */
type Source = StreamingRead<ResolvedEvent> | AllStreamSubscription;

/** A read or a subscription, and what lets go of its call; it must be let go of. */
export type OpenCall = { readonly source: Source; readonly letGo: () => void };

const ignore = (): void => undefined;

/**
 * Reads or subscribes. The client has no filter for `readAll`, though the protocol has one; and it
 * keeps a call whose events are not read to the end for ever, and waits for it when it is disposed.
 */
export const opened = (
  client: EventStoreDBClient,
  open: (client: EventStoreDBClient) => Source,
  filter?: StreamFilter,
): OpenCall => {
  const inside = insideOf(client);
  const streams: GrpcStream[] = [];
  let isOver = false;
  const letGo = (): void => {
    isOver = true;
    // Not in the turn in which an event is being handed over: grpc-js would hand over more.
    setImmediate(() => {
      for (const stream of streams.splice(0)) {
        stream.cancel();
        stream.destroy();
      }
    });
  };
  const creator: Inside['GRPCStreamCreator'] = (service, name, create) =>
    inside.GRPCStreamCreator(service, name, (grpc) => {
      const read: Grpc['read'] = (request, ...rest) => {
        if (filter !== undefined) request.getOptions()?.setFilter(filterOptions(filter));
        return grpc.read(request, ...rest);
      };
      const stream = create({ read });
      stream.on('error', ignore);
      streams.push(stream);
      if (isOver) letGo();
      return stream;
    });
  const properties = { GRPCStreamCreator: { value: creator } };
  const source = open(Object.create(client, properties) as EventStoreDBClient);
  // The client tells of errors also when nobody reads any more.
  source.on('error', ignore);
  return { source, letGo };
};
