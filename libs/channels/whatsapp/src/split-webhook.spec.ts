import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json, JsonObject } from '#kernel';
import { change, daniel, delivery, metaBytes, receipt, text } from './spec/bodies.js';
import { readWebhook, splitWebhook, webhookLimits } from './webhook.js';

const BYTES_MAX = 2_000;

const wamid = (number: number): string => `wamid.${number}`;
const messages = (count: number): readonly JsonObject[] =>
  Array.from({ length: count }, (_, number) =>
    text({ id: wamid(number), text: { body: 'ä'.repeat(number % 90) } }),
  );
const receipts = (count: number): readonly JsonObject[] =>
  Array.from({ length: count }, (_, number) => receipt({ id: wamid(number + 1_000) }));

/** What a body says, without the names of the places where it says it. */
const said = (bodies: readonly Buffer[]) =>
  bodies.flatMap((body) => readWebhook(body, 'key').map(({ item: _, ...rest }) => rest));

const checked = (body: Json): readonly Buffer[] => {
  const bytes = metaBytes(body);
  const parts = splitWebhook(bytes, BYTES_MAX);
  expect(said(parts)).toEqual(said([bytes]));
  for (const part of parts) expect(part.length).toBeLessThanOrEqual(BYTES_MAX);
  return parts;
};

describe('a delivery that is too large to be kept in one', () => {
  it('says the same in parts, in its order, whatever it holds many of', () => {
    const framed = { contacts: [daniel] };
    const bodies = [
      delivery(change({ ...framed, messages: messages(80) })),
      delivery(change({ ...framed, messages: messages(40), statuses: receipts(40) })),
      delivery(...messages(80).map((message) => change({ ...framed, messages: [message] }))),
      {
        object: 'whatsapp_business_account',
        entry: receipts(30).flatMap((each) => delivery(change({ statuses: [each] }))['entry']),
      } as JsonObject,
    ];
    for (const body of bodies) expect(checked(body).length).toBeGreaterThan(4);
  });

  it('says the same in parts, of any size', () => {
    const many = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(many, (changes) => {
        checked(
          delivery(
            ...changes.map(([told, received]) =>
              change({
                contacts: [daniel],
                ...(told > 0 ? { messages: messages(told) } : {}),
                ...(received > 0 ? { statuses: receipts(received) } : {}),
              }),
            ),
          ),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('is left as it came when it is small, to the byte', () => {
    const bytes = Buffer.from(' {"object" : "x"}\n');
    expect(splitWebhook(bytes, BYTES_MAX)).toEqual([bytes]);
  });

  it('is cut off when it cannot be read, and still cannot be read', () => {
    for (const bytes of [
      Buffer.alloc(BYTES_MAX + 1, '['),
      Buffer.alloc(BYTES_MAX + 1, 255),
      Buffer.alloc(webhookLimits.bodyBytesMax + 1, ' '),
    ]) {
      const parts = splitWebhook(bytes, BYTES_MAX);
      expect(parts).toEqual([bytes.subarray(0, BYTES_MAX)]);
      expect(readWebhook(parts[0] ?? bytes, 'key')).toMatchObject([{ kind: 'unreadable' }]);
    }
  });

  it('stays whole where there is nothing to part', () => {
    const one = delivery(change({ messages: [text({ text: { body: 'x'.repeat(3_000) } })] }));
    for (const body of [one, { large: 'x'.repeat(3_000) }, ['x'.repeat(3_000)]]) {
      const parts = splitWebhook(Buffer.from(JSON.stringify(body)), BYTES_MAX);
      expect(parts.map((part) => JSON.parse(part.toString()) as Json)).toEqual([body]);
    }
  });
});
