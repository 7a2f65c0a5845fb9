import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#engine/spec';
import { portalCodeValidMs } from '../domain/portal-code.js';
import { Browser } from '../spec/browser.js';
import { streamed, type StreamEvent } from '../spec/event-stream.js';
import { startMs, startPortal, threadOf, type PortalApp } from '../spec/portal-app.js';
import type { PortalLimits } from './settings.js';

const thread = threadOf('thread1');

describe('a customer in their thread', () => {
  let app: PortalApp;
  let path: string;
  let customer: Browser;

  const enter = async (limits: Partial<PortalLimits> = {}): Promise<void> => {
    app = await startPortal({ limits });
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    customer = new Browser(app.url);
    path = `/p/${code}`;
    await customer.post(path);
  };
  const again = async (limits: Partial<PortalLimits>): Promise<void> => {
    await app.close();
    await enter(limits);
  };
  const page = async (): Promise<string> => (await customer.get(path)).body;
  const fieldOf = (body: string, name: string): string =>
    new RegExp(`${name}="([^"]*)"`).exec(body)?.[1] ?? '';
  const write = (text: string, key = `key-of-${text.slice(0, 20)}`.replaceAll(/[^\w-]/g, '-')) =>
    customer.post(`${path}/messages`, { text, key });
  const events = (
    headers: { readonly [name: string]: string },
    enough: (heard: readonly StreamEvent[]) => boolean,
    query = '',
  ) =>
    streamed(
      `${app.url}${path}/events${query}`,
      { cookie: customer.cookieHeader(), ...headers },
      enough,
    );
  const texts = (heard: readonly StreamEvent[]): readonly string[] =>
    heard.flatMap(
      ({ data }) => /<\/span>([^<]*)<\/p>/.exec(JSON.parse(data || '{}').html)?.[1] ?? [],
    );

  beforeEach(() => enter());
  afterEach(() => app.close());

  it('R160: reads what was said on every channel, oldest first, and answers by a plain form', async () => {
    app.conversations.tell(thread, { text: 'Is it ready?', from: 'customer', status: 'READ' });
    app.conversations.tell(thread, { text: 'Yes.', channel: 'SMS' });
    expect((await write('Coming at five')).status).toBe(303);
    const body = await page();
    const places = ['Is it ready?', 'Yes.', 'Coming at five'].map((text) => body.indexOf(text));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(body).toMatch(/WhatsApp\s*·\s*Read/);
    expect(body).toMatch(/· SMS/);
    const { messages } = await app.conversations.page(thread);
    expect(messages.at(-1)).toMatchObject({ from: 'customer', channel: 'PORTAL' });
  });

  it('R101: R103: can go on in WhatsApp from the page, or be told to', async () => {
    expect(await page()).toContain('href="https://wa.me/447700900123"');
    app.clock.moveTo(startMs + portalCodeValidMs);
    expect(await page()).toContain('send the business a message on WhatsApp');
  });

  it('finds a first page without messages, with a heading and what to do', async () => {
    const body = await page();
    expect(body).toContain('No messages yet');
    expect(body).toContain('<label for="text">Write to <bdi>Acme Motors</bdi></label>');
    expect(body).toContain('role="log"');
    expect(fieldOf(body, 'name="key" value')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('writes once, however often the form is sent', async () => {
    await write('hello', 'the-same-key');
    await write('hello', 'the-same-key');
    expect((await app.conversations.page(thread)).messages).toHaveLength(1);
  });

  it('is told what is wrong with a message, and keeps the words', async () => {
    const empty = await write('  ');
    expect([empty.status, empty.body]).toEqual([
      422,
      expect.stringContaining('Write a message first.'),
    ]);
    expect((await write('é'.repeat(4_096))).status).toBe(303);
    const long = await write('é'.repeat(4_097));
    expect(long.status).toBe(422);
    expect(long.body).toContain('This one has 4,097.');
    expect(long.body).toContain('é'.repeat(4_097));
    expect(long.body).toContain('aria-invalid="true"');
    app.conversations.refusal = 'busy';
    const busy = await write('later');
    expect([busy.status, busy.body]).toEqual([503, expect.stringContaining('later</textarea>')]);
    expect((await app.conversations.page(thread)).messages).toHaveLength(1);
  });

  it('S30: writes thirty messages a minute and no more', async () => {
    for (let count = 0; count < 30; count += 1)
      expect((await write(`m${count}`, `key-number-${count}`)).status).toBe(303);
    const refused = await write('one more');
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    expect(refused.body).toContain('one more');
    app.timer.passedMs += 60_000;
    expect((await write('one more')).status).toBe(303);
  });

  it('cannot send a body that no message can be, nor one that is no form', async () => {
    expect((await write('x'.repeat(70_000))).status).toBe(413);
    for (const type of ['application/octet-stream', 'multipart/form-data; boundary=x']) {
      const headers = { 'sec-fetch-site': 'same-origin', 'content-type': type };
      const asked = { method: 'POST', form: { text: 'hello' }, headers };
      expect((await customer.ask(`${path}/messages`, asked)).status).toBe(415);
    }
    expect((await app.conversations.page(thread)).messages).toHaveLength(0);
  });

  it('shows names and messages as they were written, never as markup', async () => {
    const bad = `</title><script>alert(1)</script><img src=x onerror='a'>"&{{key}}`;
    app.conversations.businessName = bad;
    app.conversations.tell(thread, { text: bad });
    await write(bad);
    app.conversations.refusal = 'busy';
    for (const body of [await page(), (await write(`${bad} again`)).body]) {
      expect(body).not.toMatch(/<script>|<img|onerror='/);
      expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
      expect(body).toContain('{{key}}');
    }
    const [heard] = await events({}, (all) => all.length > 0, '?after=c0');
    expect(JSON.parse(heard?.data ?? '{}').html).not.toMatch(/<script|<img/);
  });

  it('S28: is let in to the end of the 24 hours, then told that it is over', async () => {
    app.clock.moveTo(startMs + portalCodeValidMs - 1);
    expect((await customer.get(path)).status).toBe(200);
    app.clock.moveTo(startMs + portalCodeValidMs);
    const over = await customer.get(path);
    expect(over.status).toBe(404);
    expect(over.body).toContain('This link is no longer valid');
    expect((await write('late')).status).toBe(404);
    expect((await customer.get(`${path}/events`)).status).toBe(404);
    expect((await app.conversations.page(thread)).messages).toHaveLength(0);
  });

  it('S28: S31: has no key to another thread, whatever the cookie is called', async () => {
    app.conversations.tell(threadOf('thread2'), { text: 'the secret of another' });
    const { code } = await app.issue({ bridgeId: 'bridge2', thread: threadOf('thread2') });
    const owner = new Browser(app.url);
    await owner.post(`/p/${code}`);
    const [token = ''] = customer.cookies.values();
    const [name = ''] = owner.cookies.keys();
    customer.cookies.set(name, token);
    for (const part of ['', '/events']) {
      const answer = await customer.get(`/p/${code}${part}`);
      expect([answer.status, answer.body.includes('secret')]).toEqual([404, false]);
    }
    const written = await customer.post(`/p/${code}/messages`, {
      text: 'hello',
      key: 'some-key-1',
    });
    expect(written.status).toBe(404);
    expect((await owner.get(`/p/${code}`)).body).toContain('the secret of another');
    expect(await page()).not.toContain('secret');
  });

  it('cannot be made to write by a page of somebody else', async () => {
    const foreign = new Browser(app.url, { 'sec-fetch-site': 'cross-site' });
    for (const [name, value] of customer.cookies) foreign.cookies.set(name, value);
    const answer = await foreign.post(`${path}/messages`, { text: 'hello', key: 'some-key-1' });
    expect(answer.status).toBe(403);
  });

  describe('live', () => {
    it('R084: hears what comes, from where the page ended', async () => {
      app.conversations.tell(thread, { text: 'shown' });
      const after = fieldOf(await page(), 'data-after');
      app.conversations.tell(threadOf('thread2'), { text: 'secret' });
      app.conversations.tell(thread, { text: 'between' });
      const heard = events({}, (all) => all.length >= 2, `?after=${after}`);
      await eventually(async () => (await app.metrics.text()).includes('portal_streams 1'));
      app.conversations.tell(thread, { text: 'live' });
      expect(texts(await heard)).toEqual(['between', 'live']);
      await eventually(async () => (await app.metrics.text()).includes('portal_streams 0'));
    });

    it('is told when an answer that was on its way was not sent after all', async () => {
      const { id } = app.conversations.tell(thread, { text: 'At five.', status: 'PENDING' });
      app.conversations.tell(thread, { id, text: 'At five.', status: 'FAILED' });
      const [sending = '', failed = ''] = (
        await events({}, (all) => all.length >= 2, '?after=c0')
      ).map(({ data }) => String(JSON.parse(data).html));
      expect([sending, failed].map((html) => fieldOf(html, 'data-id'))).toEqual([id, id]);
      expect([sending, failed].map((html) => html.includes('· Not sent'))).toEqual([false, true]);
    });

    it('goes on after the last change that the browser names, whatever the address says', async () => {
      for (const text of ['one', 'two', 'three']) app.conversations.tell(thread, { text });
      const first = await events({}, (all) => all.length >= 3, '?after=c0');
      expect(texts(first)).toEqual(['one', 'two', 'three']);
      const id = first[0]?.id ?? '';
      const rest = await events({ 'last-event-id': id }, (all) => all.length >= 2, '?after=c0');
      expect(texts(rest)).toEqual(['two', 'three']);
    });

    it('is told to load the page anew when its place is unknown', async () => {
      const heard = await events({ 'last-event-id': 'nonsense' }, () => false);
      expect(heard.map(({ event }) => event)).toEqual(['stale']);
    });

    it('S28: is over with the visit, and when a newer code was sent', async () => {
      const over = events({}, () => false);
      await eventually(async () => (await app.metrics.text()).includes('portal_streams 1'));
      app.clock.moveTo(startMs + portalCodeValidMs);
      expect((await over).map(({ event }) => event)).toEqual(['over']);
      await again({ heartbeatMs: 20 });
      const ended = events({}, () => false);
      await eventually(async () => (await app.metrics.text()).includes('portal_streams 1'));
      await app.issue({ bridgeId: 'bridge2', previousBridgeId: 'bridge1' });
      expect((await ended).at(-1)?.event).toBe('over');
    });

    it('says that it lives while nothing happens', async () => {
      await again({ heartbeatMs: 20 });
      const heard = await events({}, (all) => all.length >= 2);
      expect(heard.map(({ event }) => event)).toEqual(['alive', 'alive']);
    });

    it('has room for a few pages of one visit', async () => {
      await again({ streamsPerVisit: 1 });
      const first = events({}, () => false);
      await eventually(async () => (await app.metrics.text()).includes('portal_streams 1'));
      expect((await customer.get(`${path}/events`)).status).toBe(429);
      app.clock.moveTo(startMs + portalCodeValidMs);
      await first;
    });

    it('does not hold up the end of the process', async () => {
      const open = events({}, () => false);
      await eventually(async () => (await app.metrics.text()).includes('portal_streams 1'));
      await app.close();
      expect(await open).toEqual([]);
      await enter();
    });

    it('opens no stream for who only asks for the headers', async () => {
      expect((await customer.ask(`${path}/events`, { method: 'HEAD' })).status).toBe(200);
      expect(await app.metrics.text()).toContain('portal_streams 0');
    });
  });
});
