import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { undeclaredResolvers } from '#access';
import { portalCodeValidMs } from '../domain/portal-code.js';
import { Browser, comparable, type Page } from '../spec/browser.js';
import { portalKey, startMs, startPortal, threadOf, type PortalApp } from '../spec/portal-app.js';
import { PORTAL_LIMITS, type PortalLimits } from './settings.js';

/** Everything on the log, below the codec. */
const logged = async ({ store }: PortalApp): Promise<string> => {
  const events = [];
  for await (const { stream, type, data, metadata } of store.readAll({ direction: 'forwards' }))
    events.push({ stream, type, data, metadata });
  return JSON.stringify(events);
};

const typesOn = async (app: PortalApp): Promise<readonly string[]> =>
  [...(await logged(app)).matchAll(/"type":"(\w+)"/g)].map(([, type = '']) => type);

describe('the link of a bridge SMS', () => {
  let app: PortalApp;
  const start = async (limits: Partial<PortalLimits> = {}): Promise<PortalApp> => {
    await app.close();
    return (app = await startPortal({ limits }));
  };
  const browser = () => new Browser(app.url);
  beforeEach(async () => {
    app = await startPortal();
  });
  afterEach(() => app.close());

  /** Codes that open nothing, each for its own reason, and one for another organisation. */
  const badCodes = async (): Promise<Readonly<Record<string, string>>> => {
    const expired = await app.issue({ bridgeId: 'expired' });
    app.clock.moveTo(startMs + portalCodeValidMs);
    const used = await app.issue({ bridgeId: 'used' });
    await browser().post(`/p/${used.code}`);
    const superseded = await app.issue({ bridgeId: 'superseded' });
    await app.issue({ bridgeId: 'newest', previousBridgeId: 'superseded' });
    const foreign = await app.issue({ bridgeId: 'foreign', thread: threadOf('thread9', 'other') });
    await browser().post(`/p/${foreign.code}`);
    return {
      unknown: 'Zz9Zz9Zz9Zz',
      expired: expired.code,
      used: used.code,
      superseded: superseded.code,
      foreign: foreign.code,
    };
  };

  it('R084: R085: opens the thread with one press, without a password', async () => {
    app.conversations.tell(threadOf('thread1'), { text: 'Your car is ready.' });
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    const customer = browser();
    const gate = await customer.get(`/p/${code}`);
    expect([gate.status, gate.body]).toEqual([
      200,
      expect.stringContaining('Open my conversation'),
    ]);
    expect(gate.body).not.toMatch(/Acme|password"/);
    const opened = await customer.post(`/p/${code}`);
    expect([opened.status, opened.headers.location]).toEqual([303, `/p/${code}`]);
    const thread = await customer.get(`/p/${code}`);
    expect(thread.status).toBe(200);
    expect(thread.body).toContain('Your car is ready.');
    expect(thread.body).toContain('Acme Motors');
  });

  it('S27: is not used by a hundred looks of link previewers, by GET and by HEAD', async () => {
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    const agents = ['WhatsApp/2.24', 'facebookexternalhit/1.1', 'Slackbot-LinkExpanding 1.0'];
    for (let look = 0; look < 100; look += 1) {
      const headers = { 'user-agent': agents[look % agents.length] ?? '' };
      const seen = await browser().ask(`/p/${code}`, {
        method: look % 2 ? 'HEAD' : 'GET',
        headers,
      });
      expect(seen.status).toBe(200);
      expect(seen.headers['set-cookie']).toBeUndefined();
    }
    expect(await typesOn(app)).toEqual(['PortalCodeIssued']);
    expect((await browser().post(`/p/${code}`)).status).toBe(303);
    expect(await typesOn(app)).toEqual(['PortalCodeIssued', 'PortalCodeRedeemed']);
  });

  it('S27: opens once: for who pressed again there is only "no longer valid"', async () => {
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    const customer = browser();
    await customer.post(`/p/${code}`);
    const stranger = await browser().post(`/p/${code}`);
    expect(stranger.status).toBe(404);
    expect(stranger.body).toContain('This link is no longer valid');
    expect(stranger.headers['set-cookie']).toBeUndefined();
    // Who is in is not thrown out by pressing twice.
    expect((await customer.post(`/p/${code}`)).status).toBe(303);
  });

  it('S27: gives twenty who press at once one visit among them', async () => {
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    const pressed = await Promise.all(
      Array.from({ length: 20 }, () => browser().post(`/p/${code}`)),
    );
    expect(pressed.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(new Set(pressed.filter(({ status }) => status !== 303).map(comparable)).size).toBe(1);
    expect(await typesOn(app)).toEqual(['PortalCodeIssued', 'PortalCodeRedeemed']);
  });

  it('S28: opens in the last millisecond of its 24 hours and not in the next', async () => {
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    const { code: other } = await app.issue({ bridgeId: 'bridge2' });
    app.clock.moveTo(startMs + portalCodeValidMs - 1);
    expect((await browser().post(`/p/${code}`)).status).toBe(303);
    app.clock.moveTo(startMs + portalCodeValidMs);
    expect((await browser().post(`/p/${other}`)).status).toBe(404);
  });

  it('S28: leads no further once a newer one was sent, and its visit is over', async () => {
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    const customer = browser();
    await customer.post(`/p/${code}`);
    expect((await customer.get(`/p/${code}`)).status).toBe(200);
    const { code: newer } = await app.issue({ bridgeId: 'bridge2', previousBridgeId: 'bridge1' });
    expect((await customer.get(`/p/${code}`)).status).toBe(404);
    expect((await customer.post(`/p/${newer}`)).status).toBe(303);
  });

  it('is issued to a bridge once, with the same end each time', async () => {
    const first = await app.issue({ bridgeId: 'bridge1' });
    app.clock.advance(60_000);
    expect(await app.issue({ bridgeId: 'bridge1' })).toEqual(first);
    expect(app.codes.codeOf('bridge1')).toBe(first.code);
    expect(await typesOn(app)).toEqual(['PortalCodeIssued']);
  });

  it('S29: looks the same for every code, good or bad, malformed ones too', async () => {
    const { code } = await app.issue({ bridgeId: 'good' });
    const codes = [code, ...Object.values(await badCodes()), 'x', '%F0%9F%98%80', "'%20OR%201"];
    const looks = await Promise.all(codes.map((each) => browser().get(`/p/${each}`)));
    expect(new Set(looks.map(comparable)).size).toBe(1);
  });

  it('S29: answers unknown, expired, used, superseded and foreign codes byte for byte alike', async () => {
    const codes = { ...(await badCodes()), malformed: 'x', odd: '%00%00' };
    const answers: Record<string, Page> = {};
    for (const [name, code] of Object.entries(codes))
      answers[name] = await browser().post(`/p/${code}`);
    const wanted = comparable(answers['unknown'] ?? { status: 0, headers: {}, body: '' });
    for (const answer of Object.values(answers)) expect(comparable(answer)).toBe(wanted);
    expect(answers['unknown']?.status).toBe(404);
    expect(wanted).not.toMatch(/Acme/);
  });

  it('S29: answers them after the same time, and a wrong visit as well', async () => {
    const codes = { ...(await badCodes()), malformed: 'x' };
    const medians: number[] = [];
    for (const code of Object.values(codes)) {
      const times: number[] = [];
      for (let round = 0; round < 9; round += 1) {
        const startedAt = performance.now();
        await browser().post(`/p/${code}`);
        times.push(performance.now() - startedAt);
      }
      medians.push(times.toSorted((a, b) => a - b)[4] ?? 0);
    }
    expect(Math.min(...medians)).toBeGreaterThanOrEqual(PORTAL_LIMITS.missAnswerMs);
    expect(Math.max(...medians) / Math.min(...medians)).toBeLessThan(2);
  });

  it('S30: admits ten misses a minute from one address, and good codes after the minute', async () => {
    app = await start({ missesPerAddress: 10 });
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    for (let miss = 0; miss < 10; miss += 1)
      expect((await browser().post('/p/Zz9Zz9Zz9Zz')).status).toBe(404);
    const refused = await browser().post('/p/Zz9Zz9Zz9Zz');
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    // A good code gets the same words, or guessing could go on.
    expect(comparable(await browser().post(`/p/${code}`))).toBe(comparable(refused));
    app.timer.passedMs += 60_000;
    expect((await browser().post(`/p/${code}`)).status).toBe(303);
  });

  it('S30: does not count those who come in, nor looks, and believes no forwarded address', async () => {
    app = await start({ missesPerAddress: 2 });
    for (const bridgeId of ['a', 'b', 'c', 'd'])
      expect((await browser().post(`/p/${(await app.issue({ bridgeId })).code}`)).status).toBe(303);
    for (let look = 0; look < 9; look += 1) await browser().get('/p/Zz9Zz9Zz9Zz');
    const statuses = [];
    for (let miss = 0; miss < 3; miss += 1) {
      const headers = { 'x-forwarded-for': `192.0.2.${miss}` };
      statuses.push((await browser().ask('/p/Zz9Zz9Zz9Zz', { method: 'POST', headers })).status);
    }
    expect(statuses).toEqual([404, 404, 429]);
  });

  it('S30: shuts the door for a minute after too many misses of all, but not for who is in', async () => {
    app = await start({ missesInAll: 3 });
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    const customer = browser();
    await customer.post(`/p/${code}`);
    for (let miss = 0; miss < 3; miss += 1) await browser().post('/p/Zz9Zz9Zz9Zz');
    expect((await browser().post('/p/Zz9Zz9Zz9Zz')).status).toBe(429);
    expect(await app.metrics.text()).toContain('portal_door_shut 1');
    expect((await customer.get(`/p/${code}`)).status).toBe(200);
    app.timer.passedMs += 60_000;
    expect((await browser().post('/p/Zz9Zz9Zz9Zz')).status).toBe(404);
    expect(await app.metrics.text()).toContain('portal_openings_total{outcome="too-many"} 1');
  });

  it('S26: leaves neither code, token, key nor address on the log or in the lines of operators', async () => {
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    const customer = browser();
    await customer.post(`/p/${code}`);
    await customer.get(`/p/${code}`);
    const [token = ''] = customer.cookies.values();
    expect(token).toHaveLength(43);
    for (const text of [await logged(app), app.logged()])
      for (const secret of [code, token, portalKey]) expect(text).not.toContain(secret);
    expect(await logged(app)).toMatch(/"stream":"portal-[0-9a-f]{32}"/);
    expect(app.logged()).toContain('"route":"/p/:code"');
  });

  it('S31: gives a customer a visit and never the rights of staff', async () => {
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    const customer = browser();
    await customer.post(`/p/${code}`);
    const [token = ''] = customer.cookies.values();
    expect((await customer.get('/staff')).status).toBe(401);
    for (const bearer of [token, code])
      expect((await customer.get('/staff', { authorization: `Bearer ${bearer}` })).status).toBe(
        401,
      );
    expect(undeclaredResolvers(app.application)).toEqual([]);
  });

  it('cannot be pressed by a page of somebody else', async () => {
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    const foreign = [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }];
    for (const own of foreign)
      expect((await new Browser(app.url, own).post(`/p/${code}`)).status).toBe(403);
    expect(await typesOn(app)).toEqual(['PortalCodeIssued']);
  });

  it('S29: sends every page with headers that keep it private and to itself', async () => {
    const { code } = await app.issue({ bridgeId: 'bridge1' });
    const customer = browser();
    const pages = [
      await customer.get(`/p/${code}`),
      await browser().post('/p/Zz9Zz9Zz9Zz'),
      await customer.post(`/p/${code}`),
      await customer.get(`/p/${code}`),
    ];
    for (const { headers, body } of pages) {
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['x-robots-tag']).toBe('noindex, nofollow');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
      expect(body.match(/(?:src|href)="(?!\/p\/|https:\/\/wa\.me\/)[^"]*"/g)).toBeNull();
    }
  });

  it('S27: keeps the visit in a cookie that scripts and other sites never get', async () => {
    const cookieOf = async (): Promise<string> => {
      const { code } = await app.issue({ bridgeId: 'bridge1' });
      return (await browser().post(`/p/${code}`)).headers['set-cookie']?.join() ?? '';
    };
    expect(await cookieOf()).toMatch(
      /^portal-[0-9a-f]{16}=[\w-]{43}; Path=\/p; Max-Age=172800; HttpOnly; SameSite=Strict$/,
    );
    await app.close();
    app = await startPortal({ isHttps: true });
    const [pair, ...attributes] = (await cookieOf()).split('; ');
    expect(pair).toMatch(/^__Host-portal-[0-9a-f]{16}=[\w-]{43}$/);
    const wanted = ['Path=/', 'Secure', 'Max-Age=172800', 'HttpOnly', 'SameSite=Strict'];
    expect(attributes).toEqual(wanted);
  });
});
