import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { spansOf, type Place } from './spans.js';

const place = fc.record({
  stream: fc.constantFrom('guests-1', 'guests-2'),
  revision: fc.bigInt({ min: 0n, max: 60n }),
});

const holds = (places: readonly Place[], { stream, revision }: Place): boolean =>
  places.some((one) => one.stream === stream && one.revision === revision);

describe('what is read for many places', () => {
  it('holds each of them once, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 40 }), (places) => {
        const read = spansOf(places).flatMap(({ stream, from, to }) =>
          Array.from({ length: Number(to - from) + 1 }, (_, index) => ({
            stream,
            revision: from + BigInt(index),
          })),
        );
        for (const one of places) expect(read.filter((each) => holds([each], one))).toHaveLength(1);
        expect(read.filter((one) => !holds(places, one))).toEqual([]);
      }),
    );
  });

  it('is one read for revisions that follow each other, in whatever order they are asked for', () => {
    const places = [3n, 1n, 2n, 10n].map((revision) => ({ stream: 'guests-1', revision }));
    expect(spansOf(places)).toEqual([
      { stream: 'guests-1', from: 1n, to: 3n },
      { stream: 'guests-1', from: 10n, to: 10n },
    ]);
  });
});
