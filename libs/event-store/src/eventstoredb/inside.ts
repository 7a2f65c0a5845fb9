import type { EventStoreDBClient, StreamingRead, ResolvedEvent } from '@eventstore/db-client';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadAllOptions } from '@eventstore/db-client/dist/streams/readAll.js';

/**
 * What the client keeps to itself and the adapter needs. The one file that knows of it: the client is
 * pinned, and its successor speaks to newer servers only.
 */
type Inside = {
  supports: () => Promise<boolean>;
  readonly GRPCStreamCreator: (client: unknown, name: string, creator: Creator) => unknown;
  readonly getChannel: () => Promise<{ readonly close: () => void }>;
};

type Creator = (grpc: { readonly read: Reading }) => unknown;
type Reading = (request: ReadReq, ...rest: readonly unknown[]) => unknown;

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

/** `readAll` with a filter on the server, which the protocol has and the client's own lacks. */
export const readFiltered = (
  client: EventStoreDBClient,
  filter: StreamFilter,
  options: ReadAllOptions,
): StreamingRead<ResolvedEvent> => {
  const inside = insideOf(client);
  const creator: Inside['GRPCStreamCreator'] = (service, name, create) =>
    inside.GRPCStreamCreator(service, name, (grpc) => {
      const read: Reading = (request, ...rest) => {
        request.getOptions()?.setFilter(filterOptions(filter));
        return grpc.read(request, ...rest);
      };
      return create({ read });
    });
  const filtering = Object.create(client, {
    GRPCStreamCreator: { value: creator },
  }) as EventStoreDBClient;
  return filtering.readAll(options);
};
