import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json, JsonObject } from '#kernel';
import { change, daniel, delivery, metaBytes, receipt, text, without } from './spec/bodies.js';
import { readWebhook, webhookLimits } from './webhook.js';
import type { WebhookItem } from './webhook-item.js';

const read = (body: Json): readonly WebhookItem[] => readWebhook(metaBytes(body), 'key');
const readOne = (body: Json): WebhookItem => {
  const items = read(body);
  expect(items).toHaveLength(1);
  const [item] = items;
  if (item === undefined) throw new Error('no item');
  return item;
};
const readText = (changed: JsonObject): WebhookItem =>
  readOne(delivery(change({ contacts: [daniel], messages: [text(changed)] })));
const readReceipt = (changed: JsonObject): WebhookItem =>
  readOne(delivery(change({ statuses: [receipt(changed)] })));
const reasons = (body: Json): readonly string[] =>
  read(body).map((item) => (item.kind === 'unreadable' ? item.reason : item.kind));

describe('a message of a customer', () => {
  it('is read with its sender, the instant by Meta’s clock and its text, escapes undone', () => {
    expect(readText({ text: { body: 'Is it ready? 👍 24/7 é' } })).toMatchObject({
      kind: 'message',
      phoneNumberId: '1070',
      customer: { waId: '447700900281', profileName: 'Daniel Okafor' },
      providerMessageId: 'wamid.one',
      sentAt: '2026-11-20T14:20:00.000Z',
      content: { kind: 'text', text: 'Is it ready? 👍 24/7 é' },
      opensWindow: true,
    });
  });

  it('is the same when the timestamp is an integer', () => {
    expect(readText({ timestamp: 1795184400 })).toEqual(readText({}));
  });

  it('says what it quotes, and whether it was forwarded', () => {
    expect(readText({ context: { from: '1', id: 'wamid.quoted' } })).toMatchObject({
      quotedProviderMessageId: 'wamid.quoted',
    });
    const often = readText({ context: { frequently_forwarded: true } });
    expect(often).toMatchObject({ surroundings: { forwarded: 'often' } });
    expect(often).not.toHaveProperty('quotedProviderMessageId');
  });

  it.each(['interactive', 'reaction', 'unsupported', 'something_new', 'constructor'])(
    'Q04: of the type %s is kept whole and opens the window',
    (type) => {
      const message = { ...without(text({ type }), 'text'), [type]: { id: '1', nested: [null] } };
      const item = readOne(delivery(change({ contacts: [daniel], messages: [message] })));
      expect(item).toMatchObject({
        kind: 'message',
        content: { kind: 'unsupported', type, raw: message },
        opensWindow: true,
      });
    },
  );

  it.each(['system', 'edit', 'revoke'])('Q04: of the type %s opens no window', (type) => {
    expect(readText({ type })).toMatchObject({ kind: 'message', opensWindow: false });
  });

  it('without a type is what it holds, and kept whole when it holds nothing', () => {
    expect(readText({ type: null })).toMatchObject({ content: { kind: 'text' } });
    const untyped = readText({ type: null, text: null });
    expect(untyped).toMatchObject({ content: { kind: 'unsupported', type: 'unknown' } });
    expect(readText({ text: {} })).toMatchObject({
      content: { kind: 'unsupported', type: 'text' },
    });
  });

  it.each([
    ['id', 'a message without an id'],
    ['timestamp', 'a message without a timestamp in seconds'],
    ['from', 'a message without a customer'],
  ])('without its %s is unreadable, and is kept', (name, reason) => {
    const message = without(text({}), name);
    expect(readOne(delivery(change({ messages: [message] })))).toMatchObject({
      kind: 'unreadable',
      path: 'entry[0].changes[0].value.messages[0]',
      reason,
      raw: message,
    });
  });

  it.each(['', '-1', '1.5', '1795184400000', 1.5, -1, null, {}])(
    'with the timestamp %j is unreadable',
    (timestamp) => {
      expect(readText({ timestamp })).toMatchObject({ kind: 'unreadable' });
    },
  );

  it('to a group is unreadable: it belongs to no thread of one customer', () => {
    expect(readText({ group_id: 'g1' })).toMatchObject({ reason: 'a message to a group' });
  });
});

describe('whom a message is from', () => {
  const bsuid = 'GB.13491208655302741918';

  it('is a business-scoped id when the number is withheld', () => {
    const contact = { profile: { name: 'Marta' }, user_id: bsuid };
    const message = { ...without(text({}), 'from'), from_user_id: bsuid };
    const item = readOne(delivery(change({ contacts: [contact], messages: [message] })));
    expect(item).toMatchObject({ customer: { bsuid, profileName: 'Marta' } });
    expect(item).not.toHaveProperty('customer.waId');
  });

  it('is both when both are known, wherever they stand', () => {
    const contact = { ...daniel, user_id: bsuid };
    const item = readOne(delivery(change({ contacts: [contact], messages: [text({})] })));
    expect(item).toMatchObject({ customer: { waId: '447700900281', bsuid } });
    expect(readText({ from: bsuid })).toMatchObject({ customer: { bsuid } });
  });

  it('is the only contact when the message itself does not say', () => {
    const item = readOne(
      delivery(change({ contacts: [daniel], messages: [without(text({}), 'from')] })),
    );
    expect(item).toMatchObject({ customer: { waId: '447700900281' } });
  });

  it('never takes the name of another contact of the batch', () => {
    const other = { profile: { name: 'Sofia' }, wa_id: '447700900734' };
    const item = readOne(delivery(change({ contacts: [other], messages: [text({})] })));
    expect(item).toMatchObject({ customer: { waId: '447700900281' } });
    expect(item).not.toHaveProperty('customer.profileName');
  });
});

describe('a status', () => {
  it.each([
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['played', 'read'],
    ['failed', 'failed'],
  ])('%s is read as %s', (status, expected) => {
    expect(readReceipt({ status })).toMatchObject({
      kind: 'status',
      providerMessageId: 'wamid.out',
      status: expected,
      at: '2026-11-20T14:20:01.000Z',
      customer: { waId: '447700900281' },
    });
  });

  it('carries our callback data, the price and the error', () => {
    const errors = [{ code: 131047, title: 'Re-engagement message', error_data: { details: 'd' } }];
    const pricing = { billable: true, category: 'service' };
    const data = '1.thread.message.1';
    expect(
      readReceipt({ status: 'failed', errors, pricing, biz_opaque_callback_data: data }),
    ).toMatchObject({ callbackData: data, pricing, error: { code: '131047', details: 'd' } });
  });

  it('may come without an address', () => {
    const body = delivery(change({ statuses: [without(receipt({}), 'recipient_id')] }));
    expect(readOne(body)).not.toHaveProperty('customer');
  });

  it('of an unknown name, or without id or time, is unreadable', () => {
    expect(readReceipt({ status: 'warning' })).toMatchObject({
      reason: 'an unknown status: warning',
    });
    expect(readReceipt({ id: '' })).toMatchObject({ reason: 'a status without an id' });
    expect(readReceipt({ timestamp: 'soon' })).toMatchObject({ kind: 'unreadable' });
  });
});

describe('a delivery', () => {
  it('F17: gives one item for each update, in order, a bad one among them harming no other', () => {
    const messages = Array.from({ length: 50 }, (_, index) =>
      index === 17 ? 'not a message' : text({ id: `wamid.${index}` }),
    );
    const items = read(delivery(change({ messages }), change({ statuses: [receipt({})] })));
    expect(items).toHaveLength(51);
    expect(items[17]).toMatchObject({ kind: 'unreadable', raw: 'not a message' });
    expect(items.filter((item) => item.kind === 'message')).toHaveLength(49);
    expect(items[50]).toMatchObject({ kind: 'status' });
  });

  it('F20: names what it cannot read, and keeps it', () => {
    const unknown = { field: 'some_future_field', value: { event: 'APPROVED' } };
    expect(readOne(delivery(unknown))).toMatchObject({
      path: 'entry[0].changes[0]',
      reason: 'an unknown field: some_future_field',
      raw: unknown,
    });
    expect(reasons(delivery(change({ errors: [{ code: 131000 }], tides: [1] })))).toEqual([
      'notice',
      'unknown: tides',
    ]);
    expect(reasons(delivery({ field: 'messages' }, { value: {} }, null))).toEqual([
      'a change without a value',
      'a change without a field',
      'a change without a field',
    ]);
    expect(reasons(delivery({ field: 'messages', value: { messages: [text({})] } }))).toEqual([
      'a change without metadata.phone_number_id',
    ]);
    expect(reasons(delivery(change({ messages: { 0: text({}) } })))).toEqual([
      'messages is no list',
    ]);
  });

  it.each([
    [{}, "the body's object is not whatsapp_business_account"],
    [{ object: 'page' }, "the body's object is not whatsapp_business_account"],
    [[], 'the body is no JSON object'],
    [null, 'the body is no JSON object'],
    [{ object: 'whatsapp_business_account' }, 'the body has no entry'],
    [{ object: 'whatsapp_business_account', entry: [{}] }, 'an entry without changes'],
  ])('F20: %j is one unreadable item', (body, reason) => {
    expect(reasons(body)).toEqual([reason]);
  });

  it('F20: an empty list of entries says nothing', () => {
    expect(read({ object: 'whatsapp_business_account', entry: [] })).toEqual([]);
  });

  it('F20: bytes that are no JSON, or no UTF-8, are one unreadable item', () => {
    expect(readWebhook(Buffer.from('{"object":'), 'key')).toMatchObject([
      { kind: 'unreadable', path: '', reason: 'the body is no JSON', raw: '{"object":' },
    ]);
    expect(readWebhook(Buffer.from([0x22, 0xff, 0x22]), 'key')).toMatchObject([
      { reason: 'the body is no JSON' },
    ]);
  });

  it('S6: is not read when it nests one deeper than the limit, and is at the limit', () => {
    const nested = (depth: number): Buffer =>
      Buffer.from(`${'['.repeat(depth)}"}{\\"[["${']'.repeat(depth)}`);
    const { depthMax } = webhookLimits;
    expect(readWebhook(nested(depthMax), 'key')).toMatchObject([
      { reason: 'the body is no JSON object' },
    ]);
    expect(readWebhook(nested(depthMax + 1), 'key')).toMatchObject([
      { reason: 'nested deeper than 32' },
    ]);
    expect(readWebhook(Buffer.alloc(1_000_000, '['), 'key')).toHaveLength(1);
  });

  it('S6: over three megabytes is not parsed', () => {
    const body = Buffer.alloc(webhookLimits.bodyBytesMax + 1, ' ');
    expect(readWebhook(body, 'key')).toMatchObject([{ reason: 'a body over 3145728 bytes' }]);
    const largest = Buffer.alloc(webhookLimits.bodyBytesMax, ' ');
    expect(readWebhook(largest, 'key')).toMatchObject([{ reason: 'the body is no JSON' }]);
  });
});

describe('the names of items', () => {
  const wamid = `wamid.${Buffer.from('447700900281').toString('base64')}`;
  const body = delivery(
    change({ messages: [text({ id: wamid })], statuses: [receipt({ id: wamid })] }),
    change({ messages: [text({ id: wamid }), text({ id: 'wamid.two' })] }),
  );

  it('are the same each time, and different for each item of a body', () => {
    expect(read(body)).toEqual(read(body));
    expect(new Set(read(body).map((item) => item.item)).size).toBe(4);
  });

  it('put all that concerns a number and a customer into one partition', () => {
    expect(new Set(read(body).map((item) => item.partition)).size).toBe(1);
    const other = delivery(change({ messages: [text({ from: '447700900734' })] }));
    expect(readOne(other).partition).not.toBe(read(body)[0]?.partition);
  });

  it('hold neither number nor id, and no partition is found by trying numbers', () => {
    for (const item of read(body)) {
      expect(item.item).toMatch(/^[0-9a-f]{16}$/);
      expect(item.partition).toMatch(/^[0-9a-f]{16}$/);
    }
    expect(readWebhook(metaBytes(body), 'other')[0]?.partition).not.toBe(read(body)[0]?.partition);
  });

  it('keep an unreadable item away from the partitions of others', () => {
    const [good, bad] = read(delivery(change({ messages: [text({}), text({ id: '' })] })));
    expect(bad?.kind).toBe('unreadable');
    expect(bad?.partition).not.toBe(good?.partition);
  });
});

describe('whatever comes', () => {
  const whole = metaBytes(
    delivery(
      change({ contacts: [daniel], messages: [text({ context: { id: 'wamid.q' } })] }),
      change({ statuses: [receipt({ status: 'failed', errors: [{ code: 131047 }] })] }),
    ),
  );
  const runs = { numRuns: 3_000 };

  it('F20: mutated bytes never throw, and never give nothing', () => {
    const mutation = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 8 }), (mutations) => {
        const bytes = Buffer.from(whole);
        for (const [offset, byte] of mutations) bytes[offset] = byte;
        const items = readWebhook(bytes, 'key');
        for (const item of items) expect(item.item).toHaveLength(16);
      }),
      runs,
    );
  });

  it('F20: a body cut anywhere is one unreadable item', () => {
    for (let length = 0; length < whole.length; length += 1)
      expect(readWebhook(whole.subarray(0, length), 'key')).toHaveLength(1);
  });

  it('F20: any JSON in the place of any part of an update gives one item for it', () => {
    const names = ['from', 'id', 'timestamp', 'type', 'text', 'context', '__proto__', 'errors'];
    const replaced = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(replaced, fc.constantFrom('messages', 'statuses'), (changed, list) => {
        const base = list === 'messages' ? text({}) : receipt({});
        const item = JSON.parse(JSON.stringify({ ...base, ...changed }));
        expect(read(delivery(change({ [list]: [item] })))).toHaveLength(1);
      }),
      runs,
    );
  });

  it('F20: any JSON at all is read without throwing', () => {
    const level = fc.oneof(fc.jsonValue(), fc.constant([]), fc.constant({}));
    fc.assert(
      fc.property(level, level, (entry, value) => {
        const body = JSON.parse(
          JSON.stringify({
            object: 'whatsapp_business_account',
            entry: [entry, { changes: [value] }],
          }),
        );
        expect(Array.isArray(read(body))).toBe(true);
      }),
      runs,
    );
  });
});
