import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCallbackData, writeCallbackData } from './callback-data.js';

const id = fc.stringMatching(/^[a-z0-9]{1,64}$/);

describe('callback data', () => {
  it('is `1.<thread>.<message>.<attempt>`', () => {
    const data = { thread: 'thread1', message: 'reply1', attempt: 3 };
    expect(writeCallbackData(data)).toBe('1.thread1.reply1.3');
  });

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(id, id, fc.integer({ min: 1, max: 9_999_999 }), (thread, message, attempt) => {
        const data = { thread, message, attempt };
        expect(readCallbackData(writeCallbackData(data))).toEqual(data);
      }),
    );
  });

  it('fits what Meta takes: at most 512 characters', () => {
    const longest = { thread: 'a'.repeat(64), message: 'b'.repeat(64), attempt: 9_999_999 };
    expect(writeCallbackData(longest).length).toBeLessThanOrEqual(512);
  });

  it.each([
    '',
    '1',
    '1.thread.message',
    '2.thread.message.1',
    '1.thread.message.0',
    '1.thread.message.01',
    '1.thread.message.1.',
    '1.thread.message.1\n',
    ' 1.thread.message.1',
    '1.Thread.message.1',
    '1..message.1',
    '1.thread..1',
    '1.thread.mes-sage.1',
    '1.thread.message.12345678',
    `1.${'a'.repeat(65)}.message.1`,
  ])('is not ours when it reads %j', (text) => {
    expect(readCallbackData(text)).toBeNull();
  });

  it('never makes anything of what somebody else wrote there, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const data = readCallbackData(text);
        if (data) expect(writeCallbackData(data)).toBe(text);
      }),
    );
  });
});
