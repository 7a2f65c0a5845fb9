import { randomUUID } from 'node:crypto';
import {
  binaryEvent,
  jsonEvent,
  MaxAppendSizeExceededError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

const MAX_BYTES = 1024 * 1024;

for (const withoutBatches of [false, true])
  describe(`the client, appending ${withoutBatches ? 'call by call' : 'in batches'}`, () => {
    let node: ANode;
    beforeAll(async () => {
      node = await aNode({ withoutBatches });
    });
    afterAll(() => node.end());

    it('is told the revision and the position of the last event', async () => {
      const stream = aStream();
      const appended = await node.client.appendToStream(stream, someEvents(3), {
        expectedRevision: 'no_stream',
      });
      const [last] = await all(node.client.readStream(stream, { fromRevision: 2n }));
      expect(appended).toMatchObject({ success: true, nextExpectedRevision: 2n });
      expect(appended.position).toEqual(last?.event?.position);
    });

    it('reads back what it wrote, to the byte', async () => {
      const stream = aStream();
      const text = jsonEvent({ type: 'Słowo', data: { ключ: '日本語 🪟 \u0000 "' } });
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const binary = binaryEvent({ type: 'Bytes', data: bytes, metadata: bytes });
      const blank = binaryEvent({ type: 'Blank', data: Buffer.from(' \n\ufeffnot trimmed \n') });
      await node.client.appendToStream(stream, [text, binary, blank]);
      const read = await all(node.client.readStream(stream));
      expect(read[0]?.event).toMatchObject({ id: text.id, type: 'Słowo', data: text.data });
      expect(read[0]?.event?.isJson).toBe(true);
      expect(read[1]?.event?.isJson).toBe(false);
      expect(Buffer.from(read[1]?.event?.data as Uint8Array)).toEqual(Buffer.from(bytes));
      expect(Buffer.from(read[1]?.event?.metadata as Uint8Array)).toEqual(Buffer.from(bytes));
      expect(Buffer.from(read[2]?.event?.data as Uint8Array)).toEqual(blank.data);
      expect(read[2]?.event?.metadata).toBeUndefined();
    });

    it('meets another revision than it expected', async () => {
      const stream = aStream();
      await node.client.appendToStream(stream, someEvents(2));
      for (const expectedRevision of ['no_stream', 0n, 5n] as const) {
        const error = await failure(
          node.client.appendToStream(stream, anEvent(), { expectedRevision }),
        );
        expect(error).toBeInstanceOf(WrongExpectedVersionError);
        expect(error).toMatchObject({ streamName: stream, expectedVersion: expectedRevision });
        expect(error).toMatchObject({ actualVersion: 1n });
      }
      for (const expectedRevision of ['stream_exists', 0n] as const) {
        const error = await failure(
          node.client.appendToStream(aStream(), anEvent(), { expectedRevision }),
        );
        expect(error).toBeInstanceOf(WrongExpectedVersionError);
        expect(error).toMatchObject({ expectedVersion: expectedRevision });
        expect(error).toMatchObject({ actualVersion: 'no_stream' });
      }
    });

    it('is given the same answer for a repeat, and nothing is added', async () => {
      const stream = aStream();
      const events = someEvents(3);
      const options = { expectedRevision: 'no_stream' } as const;
      const first = await node.client.appendToStream(stream, events, options);
      await node.client.appendToStream(stream, anEvent(), { expectedRevision: 2n });
      expect(await node.client.appendToStream(stream, events, options)).toEqual(first);
      expect(await node.client.appendToStream(stream, events)).toEqual(first);
      expect(await revisions(node.client.readStream(stream))).toEqual([0n, 1n, 2n, 3n]);
    });

    it('is given one answer for two that come at the same time', async () => {
      const stream = aStream();
      const events = someEvents(2);
      const options = { expectedRevision: 'no_stream' } as const;
      const append = () => node.client.appendToStream(stream, events, options);
      const [one, other] = await Promise.all([append(), append()]);
      expect(one).toEqual(other);
      expect(await revisions(node.client.readStream(stream))).toEqual([0n, 1n]);
    });

    it('is refused a repeat that differs further on', async () => {
      const stream = aStream();
      const [first, second] = [anEvent(1), anEvent(2)];
      await node.client.appendToStream(stream, [first, second]);
      for (const expectedRevision of ['no_stream', 'any'] as const) {
        const error = await failure(
          node.client.appendToStream(stream, [first, anEvent(3)], { expectedRevision }),
        );
        expect(error).toBeInstanceOf(WrongExpectedVersionError);
      }
    });

    it('lets one of many writers win each revision', async () => {
      const stream = aStream();
      const expectedRevision = 'no_stream';
      const writers = Array.from({ length: 32 }, () =>
        node.client.appendToStream(stream, anEvent(), { expectedRevision }).then(
          () => 'won',
          () => 'lost',
        ),
      );
      const outcomes = await Promise.all(writers);
      expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(1);
      expect(await revisions(node.client.readStream(stream))).toEqual([0n]);
    });

    it('may append up to a mebibyte at once, and no more', async () => {
      const sized = (bytes: number) =>
        binaryEvent({ type: 'Large', data: Buffer.alloc(bytes - 2 * 'Large'.length, 1) });
      const stream = aStream();
      await node.client.appendToStream(stream, sized(MAX_BYTES));
      const [read] = await all(node.client.readStream(stream));
      expect(read?.event?.data).toHaveLength(MAX_BYTES - 2 * 'Large'.length);
      const error = await failure(node.client.appendToStream(stream, sized(MAX_BYTES + 1)));
      expect(error).toBeInstanceOf(MaxAppendSizeExceededError);
      expect(error).toMatchObject({ maxAppendSize: MAX_BYTES });
      const halves = [sized(MAX_BYTES / 2), sized(MAX_BYTES / 2 + 1)];
      const together = await failure(node.client.appendToStream(stream, halves));
      expect(together).toBeInstanceOf(MaxAppendSizeExceededError);
      expect(await revisions(node.client.readStream(stream))).toEqual([0n]);
    });

    it('is not taken for a repeat in another stream', async () => {
      const event = jsonEvent({ id: randomUUID(), type: 'Noted', data: {} });
      await node.client.appendToStream(aStream(), event);
      const stream = aStream();
      await node.client.appendToStream(stream, event);
      expect(await revisions(node.client.readStream(stream))).toEqual([0n]);
    });
  });
