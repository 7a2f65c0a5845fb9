import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '#kernel';
import {
  createBench,
  createBenchWithoutSms,
  DANIEL,
  NOON_MS,
  standingClock,
  type Bench,
} from './spec/bench.js';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench(standingClock(NOON_MS));
});
afterEach(() => bench.close());

const textOf = async (path: string): Promise<string> => {
  const response = await fetch(`${bench.url}${path}`);
  expect(response.status).toBe(200);
  return response.text();
};
/** The page's own module, as it is served. */
const moduleOf = async (name: string): Promise<unknown> =>
  import(new URL(`./page/${name}.js`, import.meta.url).href);

describe('the page', () => {
  it('is served with its files, and may load nothing from anywhere else', async () => {
    const page = await fetch(`${bench.url}/simulator`);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const html = await page.text();
    const files = [...html.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files).toHaveLength(2);
    const scripts = new Set(files.filter((path) => path.endsWith('.js')));
    for (const path of scripts) {
      const imports = (await textOf(path)).matchAll(/from '\.\/([^']+)'/g);
      for (const [, name] of imports) scripts.add(`/simulator/page/${name}`);
    }
    expect(scripts.size).toBeGreaterThan(10);
    for (const path of files) expect((await textOf(path)).length).toBeGreaterThan(500);
  });

  it('has nothing inline that its policy would refuse, and each part that its scripts ask for', async () => {
    const html = await textOf('/simulator');
    expect(html).not.toMatch(/ style=| on[a-z]+=|<style|<script(?! type="module" src=)/);
    for (const name of ['handset', 'moods', 'clock', 'customers', 'outbox', 'simulator']) {
      const asked = (await textOf(`/simulator/page/${name}.js`)).matchAll(/by\('([a-z-]+)'\)/g);
      for (const [, id] of asked) expect(html).toContain(` id="${id}"`);
    }
  });

  it('hears of a change, and ends with the server', async () => {
    const response = await fetch(`${bench.url}/simulator/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body?.getReader();
    await reader?.read();
    await bench.ask('POST', '/clock', { advance: 'PT1S' });
    const told = await reader?.read();
    expect(Buffer.from(told?.value ?? []).toString('utf8')).toBe('data: changed\n\n');
    await bench.server.close();
    await expect(reader?.read()).resolves.toMatchObject({ done: true });
  });

  it('answers what does not exist with a 404 in JSON', async () => {
    await expect(bench.ask('GET', '/nothing')).resolves.toEqual({
      status: 404,
      body: { error: 'There is nothing here.' },
    });
  });
});

describe('links in messages', () => {
  type Piece = { readonly text: string; readonly href?: string; readonly digits?: string };
  type Page = { readonly host: string; readonly protocol: string };
  const linksIn = async (text: string, page: Page): Promise<readonly Piece[]> => {
    const { piecesOf } = (await moduleOf('links')) as {
      readonly piecesOf: (text: string, page: Page) => readonly Piece[];
    };
    const pieces = piecesOf(text, page);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    return pieces.filter(({ href }) => href !== undefined);
  };
  const here: Page = { host: 'localhost:3000', protocol: 'http:' };

  it('R079: are the chat and the portal of a bridge SMS, without a scheme', async () => {
    const text =
      'AcmeMotors: Update for you. WhatsApp: wa.me/447700900123 Portal: tflow.link/p/abc';
    await expect(linksIn(text, here)).resolves.toEqual([
      { text: 'wa.me/447700900123', href: 'https://wa.me/447700900123', digits: '447700900123' },
      { text: 'tflow.link/p/abc', href: 'https://tflow.link/p/abc' },
    ]);
  });

  it.each([
    ['localhost:3000/p/abc12345', here, 'http://localhost:3000/p/abc12345'],
    ['demo.test/p/abc', { host: 'demo.test', protocol: 'http:' }, 'http://demo.test/p/abc'],
    ['demo.test/p/abc', here, 'https://demo.test/p/abc'],
    ['127.0.0.1:3000/p/a', here, 'http://127.0.0.1:3000/p/a'],
    ['[::1]:3000/p/a', here, 'http://[::1]:3000/p/a'],
    ['casement:3000/p/a', here, 'https://casement:3000/p/a'],
    ['casement/p/a', here, 'https://casement/p/a'],
    ['localhost:3000/p/a', { ...here, protocol: 'https:' }, 'https://localhost:3000/p/a'],
    ['http://demo.test/p/a', here, 'http://demo.test/p/a'],
  ])('%s on %j leads to %s', async (text, page, href) => {
    await expect(linksIn(`See ${text}.`, page)).resolves.toEqual([{ text, href }]);
  });

  it('are not made of ordinary words', async () => {
    await expect(linksIn('and/or at 3:30/4:00, 24/7. Done.No', here)).resolves.toEqual([]);
  });
});

describe('the choices of moods', () => {
  type Choice = readonly [string, JsonObject];
  type Provider = {
    readonly errors: readonly JsonObject[];
    readonly own: { readonly choices: readonly Choice[] };
  };
  type Choices = {
    readonly sending: readonly Choice[];
    readonly refusing: readonly (readonly [string, (error: JsonObject) => JsonObject])[];
    readonly receipts: { readonly normal: Choice; readonly any: readonly Choice[] };
    readonly providers: { readonly [name: string]: Provider };
    readonly holds: (actual: Json | undefined, wanted: JsonObject) => boolean;
    readonly undone: (settings: JsonObject) => JsonObject;
    readonly moodText: (provider: string, mood: Json | undefined) => string;
  };
  const choices = async (): Promise<Choices> => (await moduleOf('choices')) as Choices;
  const change = async (name: string, settings: Json): Promise<Json | undefined> => {
    const { status, body } = await bench.ask('POST', '/moods', { [name]: settings });
    expect(status).toBe(200);
    return (body as JsonObject)[name];
  };

  it.each(['whatsapp', 'twilio'])('of %s are all understood, and shown as chosen', async (name) => {
    const { sending, refusing, receipts, providers, holds } = await choices();
    const { errors = [], own } = providers[name] ?? {};
    const all = [
      ...[...sending, receipts.normal, ...receipts.any, ...(own?.choices ?? [])].map(
        ([, settings]) => settings,
      ),
      ...errors.flatMap((error) => refusing.map(([, make]) => make(error))),
    ];
    expect(all.length).toBeGreaterThan(30);
    for (const settings of all) expect(holds(await change(name, settings), settings)).toBe(true);
  });

  it('are told in words, and taken back one by one', async () => {
    const { refusing, receipts, undone, moodText } = await choices();
    expect(moodText('twilio', await change('twilio', 'normal'))).toBe('normal');
    const [out = receipts.normal, twice = receipts.normal] = receipts.any;
    await change('twilio', refusing[0]?.[1]({ code: 21610, title: 'Stopped' }) ?? {});
    await change('twilio', { ...out[1], ...twice[1], dropInbound: true });
    const mood = await change('twilio', undone(out[1]));
    expect(moodText('twilio', mood)).toBe(
      'refuses the next send: 21610, receipts twice, stands in the list only',
    );
  });
});

describe('where there is no SMS', () => {
  beforeEach(async () => {
    await bench.close();
    bench = await createBenchWithoutSms(standingClock(NOON_MS));
  });

  it('the page is told so, and WhatsApp goes on', async () => {
    await expect(bench.ask('GET', '/numbers')).resolves.toMatchObject({ body: { sms: [] } });
    await bench.ask('POST', `/phones/${DANIEL}/messages`, { text: 'Hello?' });
    const { body } = await bench.ask('GET', '/phones');
    expect(body).toMatchObject({
      phones: expect.arrayContaining([expect.objectContaining({ from: DANIEL, smsUnread: 0 })]),
    });
    await expect(bench.ask('POST', `/phones/${DANIEL}/sms`, { text: 'x' })).resolves.toMatchObject({
      status: 404,
    });
  });
});
