import { randomUUID } from 'node:crypto';
import { credentials, status } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aNode, aStream, failure, someEvents, type ANode } from './spec/a-node.js';
import { streamIdentifier, uuidFrom, uuidTo } from './wire/identifiers.js';

describe('the protocol, where this client does not go', () => {
  let node: ANode;
  let client: InstanceType<typeof streamsGrpc.StreamsClient>;
  beforeAll(async () => {
    node = await aNode({ writeTimeoutMs: 300 });
    client = new streamsGrpc.StreamsClient(`127.0.0.1:${node.port}`, credentials.createInsecure());
  });
  afterAll(async () => {
    client.close();
    await node.end();
  });

  const read = async (options: streams.ReadReq.Options): Promise<streams.ReadResp[]> => {
    const answers: streams.ReadResp[] = [];
    for await (const answer of client.read(new streams.ReadReq().setOptions(options)))
      answers.push(answer as streams.ReadResp);
    return answers;
  };

  const ofStream = (stream: string, revision: string): streams.ReadReq.Options =>
    new streams.ReadReq.Options()
      .setStream(
        new streams.ReadReq.Options.StreamOptions()
          .setStreamIdentifier(streamIdentifier(stream))
          .setRevision(revision),
      )
      .setCount('10')
      .setNoFilter(new empty.Empty())
      .setUuidOption(new streams.ReadReq.Options.UUIDOption().setStructured(new empty.Empty()));

  /** One batch call: what is sent, and the answer to it. */
  const batched = async (
    ...requests: streams.BatchAppendReq[]
  ): Promise<streams.BatchAppendResp> => {
    const call = client.batchAppend();
    const answered = new Promise<streams.BatchAppendResp>((resolve, reject) => {
      call.once('data', resolve);
      call.once('error', reject);
    });
    for (const request of requests) call.write(request);
    const answer = await answered;
    call.end();
    return answer;
  };

  const aBatch = (id: string, isFinal: boolean): streams.BatchAppendReq =>
    new streams.BatchAppendReq()
      .setCorrelationId(uuidTo(id, 'structured'))
      .setIsFinal(isFinal)
      .setOptions(
        new streams.BatchAppendReq.Options()
          .setStreamIdentifier(streamIdentifier(aStream()))
          .setAny(new empty.Empty()),
      );

  it('gives ids in two halves to who asks for that', async () => {
    const stream = aStream();
    const [event] = someEvents(1);
    if (event === undefined) throw new Error('there is an event');
    await node.client.appendToStream(stream, event);
    const [answer] = await read(ofStream(stream, '0'));
    const id = answer?.getEvent()?.getEvent()?.getId();
    expect(id?.hasStructured()).toBe(true);
    expect(uuidFrom(id)).toBe(event.id);
  });

  it('turns every id into two halves and back', () => {
    for (const id of [randomUUID(), 'ffffffff-ffff-ffff-ffff-ffffffffffff', randomUUID()])
      expect(uuidFrom(uuidTo(id, 'structured'))).toBe(id);
    expect(() => uuidFrom(new shared.UUID().setString('no uuid'))).toThrow(TypeError);
  });

  it('tells newer clients where a stream ends, and where it begins', async () => {
    const stream = aStream();
    await node.client.appendToStream(stream, someEvents(3));
    const newer = new streams.ReadReq.Options.ControlOption().setCompatibility(1);
    const answers = await read(ofStream(stream, '0').setControlOption(newer));
    expect(answers.at(-1)?.getLastStreamPosition()).toBe('2');
    const beyond = await read(ofStream(stream, '9').setControlOption(newer));
    expect(beyond.map((answer) => answer.getFirstStreamPosition())[0]).toBe('3');
  });

  it('answers a batch that comes after its deadline', async () => {
    const request = aBatch(randomUUID(), true);
    request.getOptions()?.setDeadline(timestamp.Timestamp.fromDate(new Date(Date.now() - 1)));
    const answer = await batched(request);
    expect(answer.getError()?.getDetails()?.getTypeName()).toBe('event_store.client.Timeout');
  });

  it('answers a batch that does not come to its end in time', async () => {
    const id = randomUUID();
    const answer = await batched(aBatch(id, false));
    expect(uuidFrom(answer.getCorrelationId())).toBe(id);
    expect(answer.getError()?.getDetails()?.getTypeName()).toBe('event_store.client.Timeout');
  });

  it('answers a batch that means nothing, and goes on with the call', async () => {
    const nameless = aBatch(randomUUID(), true);
    nameless.getOptions()?.setStreamIdentifier(streamIdentifier(''));
    const answer = await batched(nameless);
    expect(answer.getError()?.getMessage()).toBe('BadRequest');
  });

  it('knows no call that it was not made for', async () => {
    const error = await failure(node.client.listProjections());
    expect(error).toMatchObject({ code: status.UNIMPLEMENTED });
  });

  it('refuses a read that says nothing', async () => {
    const error = await failure(read(new streams.ReadReq.Options()));
    expect(error).toMatchObject({ code: status.INVALID_ARGUMENT });
  });
});
