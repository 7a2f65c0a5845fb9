import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json, JsonObject } from '#kernel';
import { APPEND_BYTES_MAX } from '../append-size.js';
import { AppendTooLarge, type EventStore, type EventToAppend, type StoredEvent } from '../port.js';
import { anEvent, collected, errorOf, freshPrefix, idsOf } from './driver.js';

const RUNS = 100;
const DEEP = 60;

const textOf = ({ data, metadata }: Pick<EventToAppend, 'data' | 'metadata'>): string =>
  JSON.stringify([data, metadata]);

const bytesOf = ({ type, data, metadata }: EventToAppend): number =>
  Buffer.byteLength(JSON.stringify(data)) +
  Buffer.byteLength(JSON.stringify(metadata)) +
  2 * type.length;

/** An event of so many bytes, as the limit counts them. */
const sized = (bytes: number): EventToAppend => {
  const event = anEvent({ text: '' });
  return { ...event, data: { text: 'x'.repeat(bytes - bytesOf(event)) } };
};

const deep = (levels: number): Json =>
  Array.from({ length: levels }).reduce<Json>((inner) => ({ in: [inner] }), 'the bottom');

const everyUnit = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit));

const contents: readonly (readonly [string, JsonObject])[] = [
  ['nothing', {}],
  ['empty things', { '': '', list: [], object: {}, null: null }],
  ['every unit of UTF-16, lone surrogates too', { text: everyUnit.join('') }],
  ['characters beyond the first plane', { text: '💬𝒳🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🗝': '\u{10ffff}' }],
  ['the bytes of a file in base64', { file: Buffer.from(everyUnit.join('')).toString('base64') }],
  ['numbers at their ends', { n: [Number.MAX_SAFE_INTEGER, -1e21, 1e308, 5e-324, 0.1] }],
  ['integers that no number holds', { big: '123456789012345678901234567890' }],
  ['deep JSON', { deep: deep(DEEP) }],
  ['names that mean something elsewhere', JSON.parse('{"__proto__":{"a":1},"$type":"x"}')],
];

export const describeContent = (store: () => EventStore): void => {
  const read = (stream: string): Promise<readonly StoredEvent[]> =>
    collected(store().readStream(stream, { direction: 'forwards' }));

  describe('what an event holds', () => {
    it.each(contents)('comes back as it was: %s', async (_, content) => {
      const stream = `${freshPrefix()}1`;
      const event = { ...anEvent(content), metadata: content };
      await store().append(stream, 'no-stream', [event]);
      expect((await read(stream)).map(textOf)).toEqual([textOf(event)]);
    });

    it('comes back as it was, whatever JSON it is', async () => {
      const value = fc.jsonValue({ stringUnit: 'binary' });
      await fc.assert(
        fc.asyncProperty(fc.array(value, { maxLength: 4 }), async (values) => {
          const stream = `${freshPrefix()}1`;
          const events = [{ values } as JsonObject, {}].map((data) => anEvent(data));
          await store().append(stream, 'no-stream', events);
          expect((await read(stream)).map(textOf)).toEqual(events.map(textOf));
        }),
        { numRuns: RUNS },
      );
    });

    it('has a type and a stream of any letters', async () => {
      const prefix = freshPrefix();
      const stream = `${prefix}Größe-💬`;
      await store().append(stream, 'no-stream', [anEvent({}, 'Überwiesen💶')]);
      const all = store().readAll({ direction: 'forwards', prefixes: [`${prefix}Grö`] });
      const [event] = await collected(all);
      expect(event).toMatchObject({ stream, type: 'Überwiesen💶' });
    });
  });

  describeSize(store, read);
};

const describeSize = (
  store: () => EventStore,
  read: (stream: string) => Promise<readonly StoredEvent[]>,
): void => {
  describe('the size of an append', () => {
    it('may be a megabyte, in one event or in many', async () => {
      const stream = `${freshPrefix()}1`;
      const [one, two] = [sized(APPEND_BYTES_MAX), sized(APPEND_BYTES_MAX / 2)];
      await store().append(stream, 'no-stream', [one]);
      await store().append(stream, 0n, [two, sized(APPEND_BYTES_MAX / 2)]);
      const all = await read(stream);
      expect(all.slice(0, 2).map(textOf)).toEqual([one, two].map(textOf));
      expect(all).toHaveLength(3);
      const [backwards] = await collected(
        store().readStream(stream, { direction: 'backwards', from: 0n }),
      );
      expect(backwards?.id).toBe(one.id);
    });

    it.each([
      ['in one event', () => [sized(APPEND_BYTES_MAX + 1)]],
      ['in many', () => [1, 2, 3].map(() => sized(APPEND_BYTES_MAX / 3 + 1))],
      ['in UTF-8 alone', () => [anEvent({ text: '€'.repeat(APPEND_BYTES_MAX / 3) })]],
    ])('over a megabyte is refused before anything is written, %s', async (_, events) => {
      const stream = `${freshPrefix()}1`;
      const refusal = await errorOf(store().append(stream, 'any', events()));
      expect(refusal).toBeInstanceOf(AppendTooLarge);
      expect(refusal).toMatchObject({ stream, limit: APPEND_BYTES_MAX });
      expect(await read(stream)).toEqual([]);
      const small = anEvent();
      await store().append(stream, 'no-stream', [small]);
      expect(idsOf(await read(stream))).toEqual([small.id]);
    });
  });
};
