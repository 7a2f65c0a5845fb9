import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '#kernel';
import { createBench, DANIEL, NOON_MS, standingClock, type Bench } from './spec/bench.js';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench(standingClock(NOON_MS));
  await bench.ask('POST', '/moods', { whatsapp: { receiptDelayMs: 0 } });
  await bench.ask('POST', `/phones/${DANIEL}/messages`, { text: 'Hello?' });
});
afterEach(() => bench.close());

const interactive = (type: string, action: Json, more: JsonObject = {}): JsonObject => ({
  type: 'interactive',
  interactive: { type, body: { text: 'When?' }, action, ...more },
});
const buttons = (...titles: readonly string[]): JsonObject =>
  interactive('button', {
    buttons: titles.map((title, index) => ({ type: 'reply', reply: { id: `${index}`, title } })),
  });
const rows = (count: number): readonly Json[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${index}`, title: `Row ${index}` }));
const list = (...sections: readonly Json[]): JsonObject =>
  interactive('list', { button: 'Choose', sections });
const url = (address: string): JsonObject =>
  interactive('cta_url', {
    name: 'cta_url',
    parameters: { display_text: 'Look', url: address },
  });
const location = (more: JsonObject): JsonObject => ({ type: 'location', location: more });

describe('a message with something to press, or a place', () => {
  it.each<[string, JsonObject, string]>([
    ['buttons', buttons('Five', 'Six'), 'When?\n▸ Five\n▸ Six'],
    ['a list', list({ rows: rows(1) }), 'When?\n▸ Choose\n▸ Row 0'],
    ['a link', url('https://acme.test'), 'When?\n▸ Look: https://acme.test'],
    [
      'a place',
      location({ latitude: 51.5, longitude: -0.12, name: 'AcmeMotors' }),
      'AcmeMotors\n📍 51.5, -0.12',
    ],
    [
      'words around it',
      interactive(
        'button',
        { buttons: [{ type: 'reply', reply: { id: '1', title: 'Yes' } }] },
        { header: { type: 'text', text: 'Above' }, footer: { text: 'Below' } },
      ),
      'Above\nWhen?\nBelow\n▸ Yes',
    ],
  ])('R120, R124–R126: shows on the phone: %s', async (_, sent, text) => {
    await expect(bench.send(sent)).resolves.toMatchObject({ status: 200 });
    const { body } = await bench.ask('GET', `/phones/${DANIEL}/messages`);
    expect(body).toMatchObject({ messages: [{}, { from: 'business', text }] });
  });

  it.each<[string, JsonObject]>([
    ['four buttons', buttons('1', '2', '3', '4')],
    ['no buttons', buttons()],
    ['a title of 21 characters', buttons('a'.repeat(21))],
    ['the same title twice', buttons('Yes', 'Yes')],
    ['11 rows', list({ title: 'A', rows: rows(5) }, { title: 'B', rows: rows(6) })],
    ['an unnamed section of two', list({ title: 'A', rows: rows(1) }, { rows: rows(1) })],
    ['the same row twice', list({ title: 'A', rows: rows(1) }, { title: 'B', rows: rows(1) })],
    ['no address of a page', url('acme.test')],
    ['a type that nobody knows', interactive('poll', {})],
    ['no words', interactive('button', {}, { body: { text: '' } })],
    ['too long a footer', interactive('button', {}, { footer: { text: 'a'.repeat(61) } })],
    ['a place beyond the earth', location({ latitude: 91, longitude: 0 })],
    ['half a place', location({ latitude: 1 })],
  ])('is refused with %s', async (_, sent) => {
    await expect(bench.send(sent)).resolves.toMatchObject({
      status: 400,
      body: { error: { code: 131009 } },
    });
  });
});
