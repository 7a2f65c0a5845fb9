import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFixture } from '../spec/fixture.js';
import type { Fixture } from '../spec/fixture.js';

describe('the HTTP server', () => {
  let fixture: Fixture;
  let trouble: string | null = null;
  beforeAll(async () => {
    fixture = await startFixture({
      checks: [
        { name: 'log', check: () => trouble },
        {
          name: 'views',
          check: () => {
            if (trouble !== null) throw new TypeError('SELECT secret');
            return null;
          },
        },
      ],
    });
  });
  afterAll(() => fixture.close());
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${fixture.url}${path}`, { headers });

  describe('health', () => {
    it('O1: is ready while every check is well, and says which is not and why', async () => {
      trouble = null;
      expect((await get('/health/ready')).status).toBe(200);
      trouble = 'the disk is full';
      const answer = await get('/health/ready');
      expect(answer.status).toBe(503);
      expect(await answer.json()).toEqual({
        status: 'not ready',
        checks: [
          { name: 'process', ok: true, reason: null },
          { name: 'log', ok: false, reason: 'the disk is full' },
          { name: 'views', ok: false, reason: 'TypeError' },
        ],
      });
      expect((await get('/health/live')).status).toBe(200);
      trouble = null;
    });
  });

  describe('webhooks', () => {
    const deliver = (body: string | Uint8Array<ArrayBuffer>, type: string) =>
      fetch(`${fixture.url}/webhooks/fixture`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });

    it.each([
      ['application/json', '{ "a" : 1 }'],
      ['application/json', '{"broken'],
      ['application/json', '{"__proto__": {"x": 1}}'],
      ['application/x-www-form-urlencoded', 'a=1&b=%20'],
      ['text/plain', 'plain'],
      ['application/anything', 'anything'],
    ])('hands over the very bytes of %s: %s', async (type, text) => {
      const answer = await deliver(text, type);
      expect(answer.status).toBe(201);
      expect(await answer.json()).toEqual({ isRaw: true, bytes: text.length, text });
    });

    it('takes three megabytes and answers 413 to one byte more', async () => {
      const largest = new Uint8Array(3 * 1024 * 1024).fill(120);
      expect((await deliver(largest, 'application/json')).status).toBe(201);
      const tooLarge = new Uint8Array(3 * 1024 * 1024 + 1).fill(120);
      const refused = await deliver(tooLarge, 'application/json');
      expect(refused.status).toBe(413);
      expect(await refused.json()).toEqual({
        statusCode: 413,
        message: 'The body is larger than 3145728 bytes.',
      });
    });
  });

  describe('every answer', () => {
    it('S40: carries the security headers, also where nothing was found', async () => {
      for (const path of ['/health/live', '/nowhere', '/%zz', '/graphql']) {
        const { headers } = await get(path);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('referrer-policy')).toBe('no-referrer');
        expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
        expect(headers.get('x-powered-by')).toBeNull();
      }
    });

    it('keeps a harmless correlation id and replaces any other', async () => {
      const echoed = async (id: string) =>
        (await get('/health/live', { 'x-correlation-id': id })).headers.get('x-correlation-id');
      expect(await echoed('abcd-1234')).toBe('abcd-1234');
      for (const odd of ['short', 'with space', 'x'.repeat(65), '{"a":1}'])
        expect(await echoed(odd)).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('S36: leaves a log line without address, body, header or token', async () => {
      const token = await fixture.token('viewer');
      await get('/nowhere/447700900123?code=canary', { authorization: `Bearer ${token}` });
      await fixture.post({ query: '{ open } # canary' }, { as: 'viewer' });
      const logged = fixture.logged();
      expect(logged).toContain('"method":"POST","route":"/graphql","status":200,"ms":');
      expect(logged).not.toMatch(/canary|447700900123|Bearer|eyJ/);
      for (const line of logged.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
    });
  });

  it('O6: tells its measurements to operators', async () => {
    await get('/health/live');
    const answer = await get('/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const text = await answer.text();
    expect(text).toContain(
      'http_server_request_duration_seconds_count' +
        '{method="GET",route="/health/live",status="200"} ',
    );
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds [\d.]+$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });

  it('O2: is not ready any more once it drains, but alive', async () => {
    fixture.readiness.drain();
    expect((await get('/health/ready')).status).toBe(503);
    expect((await get('/health/live')).status).toBe(200);
  });
});
