import { Writable } from 'node:stream';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { Faults } from '../faults.js';
import { sender } from './answering.js';
import type { Context } from './context.js';

describe('what a call sends', () => {
  it('waits for room, one answer after the other, until the reader has taken them or is gone', async () => {
    const taken: string[] = [];
    const takes: (() => void)[] = [];
    const call = new Writable({
      objectMode: true,
      highWaterMark: 2,
      write: (answer: string, _encoding, took) => {
        taken.push(answer);
        takes.push(() => took());
      },
    });
    const gone = new AbortController();
    const context = { faults: new Faults(() => undefined) } as Context;
    const send = sender(
      context,
      call as unknown as ServerWritableStream<never, string>,
      gone.signal,
    );
    await send('first');
    const settled: string[] = [];
    const second = send('second').then(() => settled.push('second'));
    const third = send('third').then(
      () => settled.push('third'),
      () => settled.push('third never'),
    );
    await new Promise(setImmediate);
    expect([taken, settled, call.writableLength]).toEqual([['first'], [], 2]);
    takes.shift()?.();
    takes.shift()?.();
    await second;
    expect(settled).toEqual(['second']);
    gone.abort();
    await third;
    expect(settled).toEqual(['second', 'third never']);
  });
});
