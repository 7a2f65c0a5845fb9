import {
  DeadlineExceededError,
  NotLeaderError,
  START,
  streamNameFilter,
  TimeoutError,
  UnavailableError,
  UnknownError,
} from '@eventstore/db-client';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials, Metadata, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import {
  all,
  aNode,
  anEvent,
  aStream,
  failure,
  revisions,
  someEvents,
  type ANode,
} from './spec/a-node.js';

/** The status with which a node answers somebody who waits so long and no longer. */
const answerWithin = (ms: number, port: number): Promise<status> => {
  const client = new gossipGrpc.GossipClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const options = { deadline: Date.now() + ms };
  return new Promise((resolve) => {
    client.read(new shared.Empty(), new Metadata(), options, (error) => {
      client.close();
      resolve(error?.code ?? status.OK);
    });
  });
};

for (const withoutBatches of [false, true])
  describe(`a node that fails, with appends ${withoutBatches ? 'call by call' : 'in batches'}`, () => {
    let node: ANode;
    let stream = '';
    beforeEach(async () => {
      node = await aNode({ withoutBatches });
      stream = aStream();
      await node.client.appendToStream(stream, anEvent());
    });
    afterEach(() => node.end());

    const shown = () => revisions(node.client.readStream(stream));
    /** The client connects again after its first failure only. */
    const works = () => eventually('the client is connected again', () => shown());

    it('is gone and comes back on the same port with what was written', async () => {
      await node.connections.refuse();
      const append = await failure(node.client.appendToStream(stream, anEvent()));
      expect(append).toBeInstanceOf(UnavailableError);
      expect(await failure(shown())).toBeInstanceOf(UnavailableError);
      await node.connections.accept();
      expect(await works()).toEqual([0n]);
      await node.client.appendToStream(stream, anEvent(), { expectedRevision: 0n });
      expect(await shown()).toEqual([0n, 1n]);
    });

    it('ends subscriptions when it is gone', async () => {
      const filter = streamNameFilter({ prefixes: [stream] });
      const subscription = node.client.subscribeToAll({ fromPosition: START, filter });
      const caughtUp = new Promise<void>((resolve) => {
        subscription.once('caughtUp', resolve);
      });
      const read = failure(all(subscription));
      await caughtUp;
      node.connections.cut();
      expect(await read).toBeInstanceOf(UnavailableError);
    });

    it('loses an answer: the same events are written once', async () => {
      const events = someEvents(2);
      const options = { expectedRevision: 0n } as const;
      node.faults.dropAnswers(1, 'cut');
      const lost = await failure(node.client.appendToStream(stream, events, options));
      expect(lost).toBeInstanceOf(UnavailableError);
      await works();
      const appended = await node.client.appendToStream(stream, events, options);
      expect(appended.nextExpectedRevision).toBe(2n);
      expect(await shown()).toEqual([0n, 1n, 2n]);
    });

    it('answers an error until it is well again', async () => {
      node.faults.answer(status.UNAVAILABLE, 'Server Is Not Ready');
      const append = await failure(node.client.appendToStream(stream, anEvent()));
      expect(append).toBeInstanceOf(UnavailableError);
      node.faults.answer(status.DEADLINE_EXCEEDED, 'too late');
      const read = await failure(shown());
      expect(read).toBeInstanceOf(DeadlineExceededError);
      node.faults.heal();
      expect(await works()).toEqual([0n]);
    });

    it('hangs: nothing is said until it goes on', async () => {
      node.faults.hang();
      let isDone = false;
      const append = node.client.appendToStream(stream, anEvent()).then(() => {
        isDone = true;
      });
      expect(await answerWithin(200, node.port)).toBe(status.DEADLINE_EXCEEDED);
      expect(isDone).toBe(false);
      node.faults.heal();
      await append;
      expect(await shown()).toEqual([0n, 1n]);
      expect(await answerWithin(5_000, node.port)).toBe(status.OK);
    });

    it('names another leader', async () => {
      const leader = await aNode({ withoutBatches });
      try {
        node.faults.lead({ host: '127.0.0.1', port: leader.port });
        const error = await failure(node.client.appendToStream(stream, anEvent()));
        expect(error).toBeInstanceOf(NotLeaderError);
        expect(error).toMatchObject({ leader: { address: '127.0.0.1', port: leader.port } });
        await eventually('the client turns to the leader', () =>
          node.client.appendToStream(stream, anEvent(), { expectedRevision: 'no_stream' }),
        );
        expect(await revisions(leader.client.readStream(stream))).toEqual([0n]);
      } finally {
        await leader.end();
      }
    });
  });

describe('a node whose disk is slow', () => {
  const slow = { commitDelayMs: 300 };
  for (const withoutBatches of [false, true])
    it(`says ${withoutBatches ? 'for a call' : 'for a batch'} that the write took too long`, async () => {
      const node = await aNode({ withoutBatches, writeTimeoutMs: 100, testing: slow });
      try {
        const stream = aStream();
        const append = () =>
          node.client.appendToStream(stream, someEvents(500), { expectedRevision: 'no_stream' });
        const error = await failure(append());
        expect(error).toBeInstanceOf(withoutBatches ? TimeoutError : DeadlineExceededError);
      } finally {
        await node.end();
      }
    });

  it('refuses writes when it is full, and still reads', async () => {
    const node = await aNode({ testing: { pagesMax: 60 } });
    try {
      const stream = aStream();
      await node.client.appendToStream(stream, anEvent());
      const large = Array.from({ length: 4 }, () => anEvent('x'.repeat(100_000)));
      const error = await failure(node.client.appendToStream(stream, large));
      expect(error).toBeInstanceOf(UnknownError);
      expect(error).toMatchObject({ message: expect.stringContaining('Server Is Not Ready') });
      expect(await revisions(node.client.readStream(stream))).toEqual([0n]);
    } finally {
      await node.end();
    }
  });
});

describe('a node found by gossip', () => {
  it('is found, by one seed and by several', async () => {
    const node = await aNode();
    try {
      const stream = aStream();
      const discovering = node.connect(node.discoverConnectionString);
      await discovering.appendToStream(stream, anEvent());
      const { port } = node;
      const several = node.connect(`esdb://127.0.0.1:${port},127.0.0.1:${port}?tls=false`);
      expect(await revisions(several.readStream(stream))).toEqual([0n]);
    } finally {
      await node.end();
    }
  });
});
