import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createBench, NOON_MS, standingClock, type Bench } from './spec/bench.js';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench(standingClock(NOON_MS));
});
afterEach(() => bench.close());

describe('the page', () => {
  it('is served with its files, and may load nothing from anywhere else', async () => {
    const page = await fetch(`${bench.url}/simulator`);
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const html = await page.text();
    const files = [...html.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path);
    expect(files).toHaveLength(2);
    const names = ['gauge', 'moods', 'links', 'outbox', 'words'];
    const modules = names.map((name) => `/simulator/page/${name}.js`);
    for (const path of [...files, ...modules]) {
      const file = await fetch(`${bench.url}${path}`);
      expect(file.status).toBe(200);
      expect((await file.text()).length).toBeGreaterThan(500);
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
