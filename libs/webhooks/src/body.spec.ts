import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packed, packedFromBytes, unpacked } from './body.js';

describe('the body of a delivery', () => {
  it('comes back as the very bytes that came, whatever they are', () => {
    const sizes = { maxLength: packedFromBytes * 3, size: 'max' } as const;
    fc.assert(
      fc.property(fc.uint8Array(sizes), (bytes) => {
        expect(unpacked(packed(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('is packed when it is large, and only then', () => {
    const coding = (bytes: number) => packed(Buffer.alloc(bytes, 'a')).coding;
    expect(coding(packedFromBytes - 1)).toBe('none');
    expect(coding(packedFromBytes)).toBe('deflate');
  });

  it('takes a tenth of its size when it is a delivery of a hundred messages', () => {
    const message = (number: number) => ({ id: `wamid.${number}`, text: { body: 'Is it ready?' } });
    const messages = Array.from({ length: 100 }, (_, number) => message(number));
    const body = Buffer.from(JSON.stringify({ entry: [{ changes: [{ value: { messages } }] }] }));
    expect(packed(body).body.length).toBeLessThan(body.length / 3);
  });

  it('is refused when it is not what its coding says', () => {
    expect(() => unpacked({ body: 'AAAA', coding: 'deflate' })).toThrow();
  });
});
