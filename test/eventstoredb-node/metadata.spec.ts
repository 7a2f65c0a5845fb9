import { StreamNotFoundError } from '@eventstore/db-client';
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

describe('the metadata of a stream', () => {
  let node: ANode;
  let nowMs = Date.UTC(2026, 0, 1);
  let stream = '';
  beforeAll(async () => {
    node = await aNode({ clock: () => nowMs });
  });
  beforeEach(async () => {
    stream = aStream();
    await node.client.appendToStream(stream, someEvents(5));
  });
  afterAll(() => node.end());

  const shown = () => revisions(node.client.readStream(stream));

  it('is there once it was set, and not before', async () => {
    expect(await node.client.getStreamMetadata(stream)).toEqual({ streamName: stream });
    const metadata = { maxAge: 60, maxCount: 3, truncateBefore: 1, mine: { is: 'kept' } };
    await node.client.setStreamMetadata(stream, metadata);
    expect(await node.client.getStreamMetadata(stream)).toMatchObject({ metadata });
  });

  it('lets go of all but the newest', async () => {
    await node.client.setStreamMetadata(stream, { maxCount: 2 });
    expect(await shown()).toEqual([3n, 4n]);
    const backwards = { direction: 'backwards', fromRevision: 'end' } as const;
    expect(await revisions(node.client.readStream(stream, backwards))).toEqual([4n, 3n]);
    await node.client.appendToStream(stream, anEvent(), { expectedRevision: 4n });
    expect(await shown()).toEqual([4n, 5n]);
  });

  it('lets go of what is before a revision, and gives it back', async () => {
    await node.client.setStreamMetadata(stream, { truncateBefore: 4 });
    expect(await shown()).toEqual([4n]);
    await node.client.setStreamMetadata(stream, { truncateBefore: 9 });
    expect(await shown()).toEqual([]);
    await node.client.setStreamMetadata(stream, {});
    expect(await shown()).toHaveLength(5);
  });

  it('lets go of what is too old, to the millisecond', async () => {
    await node.client.setStreamMetadata(stream, { maxAge: 60 });
    nowMs += 60_000;
    await node.client.appendToStream(stream, anEvent());
    expect(await shown()).toHaveLength(6);
    nowMs += 1;
    expect(await shown()).toEqual([5n]);
  });

  it('hides nothing from who reads everything', async () => {
    await node.client.setStreamMetadata(stream, { maxCount: 1 });
    const everything = await all(node.client.readAll());
    expect(everything.filter(({ event }) => event?.streamId === stream)).toHaveLength(5);
    expect(everything.at(-1)?.event).toMatchObject({
      streamId: `$$${stream}`,
      type: '$metadata',
      data: { $maxCount: 1 },
    });
  });

  it('is a stream of its own with a revision, of which the newest is shown', async () => {
    await node.client.setStreamMetadata(stream, { maxCount: 1 }, { expectedRevision: 'no_stream' });
    await node.client.setStreamMetadata(stream, { maxCount: 2 }, { expectedRevision: 0n });
    const late = await failure(
      node.client.setStreamMetadata(stream, { maxCount: 3 }, { expectedRevision: 0n }),
    );
    expect(late).toMatchObject({ actualVersion: 1n });
    expect(await revisions(node.client.readStream(`$$${stream}`))).toEqual([1n]);
  });

  it('can be there before the stream', async () => {
    const later = aStream();
    await node.client.setStreamMetadata(later, { maxCount: 1 });
    expect(await failure(all(node.client.readStream(later)))).toBeInstanceOf(StreamNotFoundError);
    await node.client.appendToStream(later, someEvents(2), { expectedRevision: 'stream_exists' });
    expect(await revisions(node.client.readStream(later))).toEqual([1n]);
  });
});
