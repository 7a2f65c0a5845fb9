import {
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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

for (const withoutBatches of [false, true])
  describe(`deletion, with appends ${withoutBatches ? 'call by call' : 'in batches'}`, () => {
    let node: ANode;
    let stream = '';
    beforeAll(async () => {
      node = await aNode({ withoutBatches });
    });
    beforeEach(async () => {
      stream = aStream();
      await node.client.appendToStream(stream, someEvents(3));
    });
    afterAll(() => node.end());

    const shown = () => revisions(node.client.readStream(stream));

    it('hides a stream, and the next append goes on with its numbers', async () => {
      const deleted = await node.client.deleteStream(stream, { expectedRevision: 2n });
      expect(deleted.position).toBeDefined();
      expect(await failure(shown())).toBeInstanceOf(StreamNotFoundError);
      const appended = await node.client.appendToStream(stream, someEvents(2), {
        expectedRevision: 'no_stream',
      });
      expect(appended.nextExpectedRevision).toBe(4n);
      expect(await shown()).toEqual([3n, 4n]);
      await node.client.appendToStream(stream, anEvent(), { expectedRevision: 4n });
      expect(await shown()).toEqual([3n, 4n, 5n]);
    });

    it('lets a writer go on at the revision it knew', async () => {
      await node.client.deleteStream(stream);
      await node.client.appendToStream(stream, anEvent(), { expectedRevision: 2n });
      expect(await shown()).toEqual([3n]);
      await node.client.deleteStream(stream);
      await node.client.appendToStream(stream, anEvent());
      expect(await shown()).toEqual([4n]);
    });

    it('says that what is hidden does not exist', async () => {
      await node.client.deleteStream(stream);
      const options = { expectedRevision: 'stream_exists' } as const;
      const error = await failure(node.client.appendToStream(stream, anEvent(), options));
      expect(error).toBeInstanceOf(StreamDeletedError);
      expect(error).toMatchObject({ streamName: stream });
    });

    it('keeps the metadata that is set on a hidden stream, from its next event on', async () => {
      await node.client.deleteStream(stream);
      await node.client.setStreamMetadata(stream, { maxCount: 7 });
      const { metadata } = await node.client.getStreamMetadata(stream);
      expect(metadata).toEqual({ maxCount: 7, truncateBefore: 3 });
      expect(await shown()).toEqual([]);
    });

    it('hides only what stands where it was expected', async () => {
      const error = await failure(node.client.deleteStream(stream, { expectedRevision: 1n }));
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({ expectedVersion: 1n, actualVersion: 2n });
      const nothing = await failure(node.client.deleteStream(aStream()));
      expect(nothing).toBeInstanceOf(WrongExpectedVersionError);
      expect(await shown()).toEqual([0n, 1n, 2n]);
    });

    it('ends a stream for ever with a tombstone', async () => {
      await node.client.tombstoneStream(stream, { expectedRevision: 2n });
      const attempts: readonly (() => Promise<unknown>)[] = [
        () => node.client.appendToStream(stream, anEvent()),
        () => node.client.appendToStream(stream, anEvent(), { expectedRevision: 2n }),
        () => node.client.appendToStream(stream, anEvent(), { expectedRevision: 'no_stream' }),
        () => node.client.setStreamMetadata(stream, { maxCount: 1 }),
        () => node.client.deleteStream(stream),
        () => node.client.tombstoneStream(stream),
        shown,
      ];
      for (const attempt of attempts) {
        const error = await failure(attempt());
        expect(error).toBeInstanceOf(StreamDeletedError);
        expect(error).toMatchObject({ streamName: expect.stringContaining(stream) });
      }
    });

    it('shows a tombstone in everything, at the last of all revisions', async () => {
      await node.client.tombstoneStream(stream);
      const [newest] = await all(
        node.client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }),
      );
      expect(newest?.event).toMatchObject({
        type: '$streamDeleted',
        streamId: stream,
        revision: 2n ** 63n - 1n,
      });
    });

    it('can end a stream that never was', async () => {
      const never = aStream();
      await node.client.tombstoneStream(never, { expectedRevision: 'no_stream' });
      const error = await failure(node.client.appendToStream(never, anEvent()));
      expect(error).toBeInstanceOf(StreamDeletedError);
    });
  });
