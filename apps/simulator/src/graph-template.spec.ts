import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '#kernel';
import { createBench, DANIEL, NOON_MS, standingClock, type Bench } from './spec/bench.js';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench(standingClock(NOON_MS));
  await bench.ask('POST', '/moods', { whatsapp: { receiptDelayMs: 0 } });
});
afterEach(() => bench.close());

const parameter = (name: string, text: Json): JsonObject => ({
  type: 'text',
  parameter_name: name,
  text,
});
const body = (...parameters: readonly JsonObject[]): JsonObject => ({
  components: [{ type: 'body', parameters }],
});
const hello = (more: JsonObject): JsonObject => ({
  type: 'template',
  template: { name: 'hello', language: { code: 'en' }, ...more },
});
const both = [parameter('time', 'five'), parameter('name', '{{time}} $40')];

describe('a template', () => {
  it('R007, R013: goes at any time, reads as it is filled in, and opens nothing', async () => {
    await expect(bench.send(hello(body(...both)))).resolves.toMatchObject({
      body: { messages: [{ message_status: 'accepted' }] },
    });
    await bench.receiver.until(() => bench.receiver.statuses().length >= 3);
    expect(bench.receiver.statuses()).toEqual(['sent', 'delivered', 'read']);
    expect(bench.receiver.items()[0]).toMatchObject({ pricing: { category: 'utility' } });
    const text = 'Hello {{time}} $40, see you at five. Good bye.';
    await expect(bench.ask('GET', '/outbox')).resolves.toMatchObject({
      body: { messages: [{ type: 'template', text, windowOpen: false }] },
    });
    await expect(bench.ask('GET', `/phones/${DANIEL}/messages`)).resolves.toMatchObject({
      body: { messages: [{ from: 'business', type: 'template', text }] },
    });
  });

  it('goes without components when it has no variables', async () => {
    const plain = { type: 'template', template: { name: 'plain', language: { code: 'en' } } };
    await expect(bench.send(plain)).resolves.toMatchObject({ status: 200 });
  });

  it.each<[string, JsonObject, number, number]>([
    ['no name', { type: 'template', template: {} }, 131008, 400],
    ['a name that nobody has', hello({ name: 'nobody' }), 132001, 404],
    ['another language', hello({ language: { code: 'de' } }), 132001, 404],
    ['another account’s', hello({ name: 'theirs' }), 132001, 404],
    ['no parameters', hello({}), 132000, 400],
    ['one too few', hello(body(parameter('name', 'Ada'))), 132000, 400],
    ['one too many', hello(body(...both, parameter('more', 'x'))), 132000, 400],
    ['another name', hello(body(parameter('name', 'Ada'), parameter('when', 'x'))), 132012, 400],
    ['no name of it', hello(body({ type: 'text', text: 'Ada' })), 132012, 400],
    ['an empty value', hello(body(parameter('name', ''))), 131008, 400],
    ['a line break', hello(body(parameter('name', 'a\nb'))), 132012, 400],
    ['five spaces', hello(body(parameter('name', `a${' '.repeat(5)}b`))), 132012, 400],
    ['a header', hello({ components: [{ type: 'header' }] }), 132012, 400],
    [
      'too many words',
      hello(body(parameter('time', 'x'), parameter('name', 'x'.repeat(1_024)))),
      132005,
      400,
    ],
  ])('is refused with %s', async (_, changed, code, status) => {
    await expect(bench.send(changed)).resolves.toMatchObject({ status, body: { error: { code } } });
    await expect(bench.ask('GET', '/outbox')).resolves.toMatchObject({ body: { messages: [] } });
  });
});
