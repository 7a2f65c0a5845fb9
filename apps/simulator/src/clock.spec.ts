import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keptClock } from './index.js';
import { createBench, NOON_MS, standingClock, type Bench } from './spec/bench.js';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench(standingClock(NOON_MS));
});
afterEach(() => bench.close());

const move = (body: { readonly [name: string]: string | boolean | number }) =>
  bench.ask('POST', '/clock', body);

describe('the clock of the simulator', () => {
  it('tells the time', async () => {
    await expect(bench.ask('GET', '/clock')).resolves.toEqual({
      status: 200,
      body: { now: '2036-03-29T12:00:00.000Z', frozen: false },
    });
  });

  it('moves by a duration to the millisecond, and answers once all due is decided', async () => {
    await expect(move({ advance: 'PT23H59M59.999S' })).resolves.toMatchObject({
      status: 200,
      body: { now: '2036-03-30T11:59:59.999Z' },
    });
    expect(bench.moved()).toBe(1);
  });

  it('moves to an instant of any offset, and to the one where it is', async () => {
    const answer = await move({ to: '2036-03-29T14:00:00+01:00' });
    expect(answer.body).toMatchObject({ now: '2036-03-29T13:00:00.000Z' });
    await expect(move({ to: '2036-03-29T13:00:00.000Z' })).resolves.toMatchObject({ status: 200 });
  });

  it('never goes back, not by a millisecond', async () => {
    for (const body of [
      { to: '2036-03-29T11:59:59.999Z' },
      { advance: '-PT0.001S' },
      { freeze: '2036-03-29T11:59:59.999Z' },
    ])
      await expect(move(body)).resolves.toEqual({
        status: 409,
        body: { error: 'The clock moves forward only. It is 2036-03-29T12:00:00.000Z.' },
      });
    expect(bench.moved()).toBe(0);
  });

  it('freezes, at an instant as well, and runs again', async () => {
    await expect(move({ freeze: true })).resolves.toMatchObject({ body: { frozen: true } });
    await expect(move({ freeze: '2036-03-30T00:00:00Z' })).resolves.toMatchObject({
      body: { now: '2036-03-30T00:00:00.000Z', frozen: true },
    });
    await expect(move({ freeze: false })).resolves.toMatchObject({ body: { frozen: false } });
  });

  it.each([
    [{}, 'Say one of "advance", "to" or "freeze".'],
    [{ advance: 'PT1H', freeze: true }, 'Say one of "advance", "to" or "freeze".'],
    [{ advance: '1 hour' }, '"advance" must be an ISO-8601 duration'],
    [{ advance: 'P1M' }, '"advance" must be an ISO-8601 duration'],
    [{ advance: 'P11000D' }, 'at most ten years'],
    [{ to: 'tomorrow' }, '"to" must be an instant'],
    [{ to: 5 }, '"to" must be an instant'],
    [{ freeze: 1 }, '"freeze" must be true, false or an instant.'],
    [{ back: 'PT1H' }, 'Unknown field "back"'],
  ])('refuses %j and says why', async (body, text) => {
    const answer = await move(body);
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(text) } });
    expect(bench.moved()).toBe(0);
  });

  it('refuses what is no JSON, and what comes as a form', async () => {
    const post = (type: string, body: string) =>
      fetch(`${bench.url}/simulator/clock`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });
    expect((await post('application/json', '{"advance"')).status).toBe(400);
    expect((await post('text/plain', '{"advance":"PT1H"}')).status).toBe(415);
    expect(bench.moved()).toBe(0);
  });

  it('is kept over a restart while it runs ahead, and where it stands when frozen', async () => {
    await move({ advance: 'PT5H' });
    const ahead = keptClock(bench.stateFile);
    expect(ahead?.frozenAtMs).toBeNull();
    const showsMs = Date.now() + (ahead?.offsetMs ?? 0);
    expect(Math.abs(showsMs - (NOON_MS + 5 * 3_600_000))).toBeLessThan(10_000);
    await move({ freeze: true });
    bench = await bench.restart(standingClock(NOON_MS));
    await expect(bench.ask('GET', '/clock')).resolves.toMatchObject({
      body: { now: '2036-03-29T17:00:00.000Z', frozen: true },
    });
    expect(keptClock(bench.stateFile)).toMatchObject({ frozenAtMs: NOON_MS + 5 * 3_600_000 });
  });

  it('is kept in a file that is always whole JSON', async () => {
    await Promise.all(Array.from({ length: 20 }, () => move({ advance: 'PT1S' })));
    expect(JSON.parse(await readFile(bench.stateFile, 'utf8'))).toHaveProperty('clock.offsetMs');
    expect(bench.moved()).toBe(20);
  });

  it('has nothing kept before the first run', () => {
    expect(keptClock(`${bench.stateFile}.none`)).toBeNull();
  });
});
