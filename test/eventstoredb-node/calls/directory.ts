import { randomUUID } from 'node:crypto';
import type { handleUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type shared from '@eventstore/db-client/generated/shared_pb.js';
import { uuidTo } from '../wire/identifiers.js';
import { single } from './answering.js';
import type { Context } from './context.js';

const TICKS_PER_MS = 10_000n;

const features: Readonly<Record<string, readonly string[]>> = {
  read: ['position', 'events'],
  batchappend: ['deadline_duration'],
};

/** Which methods there are: the client appends in batches only where it is told that it may. */
export const getSupportedMethods = (
  context: Context,
  version: string,
  services: readonly ServiceDefinition[],
): handleUnaryCall<shared.Empty, serverFeatures.SupportedMethods> =>
  single(
    context,
    async () => {
      const answer = new serverFeatures.SupportedMethods().setEventStoreServerVersion(version);
      for (const { path } of services.flatMap((service) => Object.values(service))) {
        const [, service = '', method = ''] = path.toLowerCase().split('/');
        answer.addMethods(
          new serverFeatures.SupportedMethod()
            .setServiceName(service)
            .setMethodName(method)
            .setFeaturesList([...(features[method] ?? [])]),
        );
      }
      return answer;
    },
    { writes: false },
  );

/** A cluster of one, which leads. */
export const readGossip = (
  context: Context,
  endPoint: () => { readonly host: string; readonly port: number },
): handleUnaryCall<shared.Empty, gossip.ClusterInfo> => {
  const instanceId = uuidTo(randomUUID(), 'structured');
  return single(
    context,
    async () => {
      const { host, port } = endPoint();
      return new gossip.ClusterInfo().setMembersList([
        new gossip.MemberInfo()
          .setInstanceId(instanceId)
          .setTimeStamp((BigInt(Date.now()) * TICKS_PER_MS).toString())
          .setState(gossip.MemberInfo.VNodeState.LEADER)
          .setIsAlive(true)
          .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port)),
      ]);
    },
    { writes: false },
  );
};
