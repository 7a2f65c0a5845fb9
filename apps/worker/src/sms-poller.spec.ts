import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readListed } from '#channels/sms';
import type { Timer } from '#engine';
import { instant, type Instant } from '#kernel';
import type { WebhookSource } from '#webhooks';
import { overlapMs } from './sms-list.js';
import { createSmsPoller, pollAgainMs, pollEveryMs } from './sms-poller.js';
import { startLittleTwilio, type LittleSms, type LittleTwilio } from './spec/little-twilio.js';

const noonMs = Date.UTC(2026, 10, 20, 12);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const never = new AbortController().signal;

/** Sleeps for as long as nobody says that the time is over. */
class HeldTimer implements Timer {
  readonly slept: number[] = [];
  private wake: (() => void) | null = null;
  private fellAsleep: () => void = () => undefined;

  monotonicMs(): number {
    return performance.now();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    return new Promise((resolve, reject) => {
      this.wake = resolve;
      signal?.addEventListener('abort', () => reject(new Error('called off')));
      this.fellAsleep();
    });
  }

  /** Resolves once somebody sleeps. */
  async asleep(): Promise<void> {
    if (this.wake === null) await new Promise<void>((resolve) => (this.fellAsleep = resolve));
  }

  /** Ends the sleep, and resolves once somebody sleeps again. */
  async passes(): Promise<void> {
    const { wake } = this;
    this.wake = null;
    wake?.();
    await this.asleep();
  }
}

let twilio: LittleTwilio;
let nowMs: number;
let until: Instant | null;
let isFull: boolean;
let kept: string[];
let warnings: string[];
let timer: HeldTimer;

const sidOf = (name: number): string => `SM${String(name).padStart(32, '0')}`;
const sms = (name: number, atMs: number, told: Partial<LittleSms> = {}): LittleSms => ({
  sid: sidOf(name),
  direction: 'inbound',
  status: 'received',
  atMs,
  price: null,
  ...told,
});
const own = (name: number, status: string, price: string | null = null): LittleSms =>
  sms(name, noonMs, { direction: 'outbound-api', status, price });

/** A body is kept as the name of its message, ours with its status. */
const receive = async (source: WebhookSource, body: Buffer): Promise<void> => {
  if (isFull) throw new Error('the disk is full');
  const read = readListed(body);
  if (source !== 'smslist' || read.kind !== 'listed') throw new Error('nobody could read it');
  const { sid, direction, status, price } = read.sms;
  const name = String(Number(sid.slice(2)));
  kept.push(direction === 'inbound' ? name : `${name} ${status} ${price?.amount ?? '-'}`);
};

/** As after a start: nothing is remembered but what is on the log. */
const poller = () =>
  createSmsPoller({
    sender: twilio.client,
    inbox: { receive },
    memory: {
      read: async () => until,
      write: async (at) => {
        until = at;
      },
    },
    clock: { now: () => nowMs },
    timer,
    log: { warn: (...said: readonly unknown[]) => void warnings.push(JSON.stringify(said)) },
  });

beforeEach(async () => {
  twilio = await startLittleTwilio();
  nowMs = noonMs;
  until = instant(noonMs - hourMs);
  isFull = false;
  kept = [];
  warnings = [];
  timer = new HeldTimer();
});
afterEach(() => twilio.close());

describe('polling Twilio’s list', () => {
  it('F23: finds what came while nobody listened, the oldest first', async () => {
    twilio.messages = [sms(2, noonMs - minuteMs), sms(1, noonMs - 50 * minuteMs)];
    expect(await poller().pollOnce(never)).toBe(true);
    expect(kept).toEqual(['1', '2']);
    expect(until).toBe(instant(noonMs));
    expect(warnings).toEqual([]);
  });

  it('looks back ten minutes before the last reading, since the list lags', async () => {
    const sinceMs = noonMs - hourMs;
    twilio.messages = [sms(1, sinceMs - overlapMs - 1_000), sms(2, sinceMs - overlapMs)];
    await poller().pollOnce(never);
    expect(kept).toEqual(['2']);
  });

  it('F15: keeps nothing twice, and after a restart no more than the last few again', async () => {
    twilio.messages = [sms(1, noonMs - 20 * minuteMs), sms(2, noonMs - minuteMs)];
    const polling = poller();
    await polling.pollOnce(never);
    twilio.messages.push(sms(3, noonMs + minuteMs));
    nowMs += 5 * minuteMs;
    await polling.pollOnce(never);
    expect(kept).toEqual(['1', '2', '3']);
    nowMs += minuteMs;
    await poller().pollOnce(never);
    expect(kept).toEqual(['1', '2', '3', '2', '3']);
  });

  it('looks for nothing from before its first start, and for everything after it', async () => {
    until = null;
    twilio.messages = [sms(1, noonMs - minuteMs)];
    const polling = poller();
    await polling.pollOnce(never);
    expect(until).toBe(instant(noonMs));
    nowMs += 5 * minuteMs;
    twilio.messages.push(sms(2, noonMs + minuteMs));
    await polling.pollOnce(never);
    expect(kept).toEqual(['2']);
  });

  it('knows since when to look, though its very first listing fails', async () => {
    until = null;
    twilio.behave = (response) => void response.writeHead(500).end();
    expect(await poller().pollOnce(never)).toBe(false);
    expect(until).toBe(instant(noonMs));
  });

  it('R089 R104: keeps what became of our own once it is final, and again with its price', async () => {
    const polling = poller();
    for (const message of [
      own(1, 'queued'),
      own(1, 'sent'),
      own(1, 'delivered'),
      own(1, 'delivered'),
      own(1, 'delivered', '-0.04'),
      own(1, 'delivered', '-0.04'),
    ]) {
      twilio.messages = [message];
      await polling.pollOnce(never);
    }
    expect(kept).toEqual(['1 delivered -', '1 delivered -0.04']);
  });
});

describe('a poll that does not succeed', () => {
  const since = () => instant(noonMs - hourMs);

  it.each<readonly [string, LittleTwilio['behave']]>([
    ['an error', (response) => void response.writeHead(500).end('{"code":20500,"message":"x"}')],
    ['no account', (response) => void response.writeHead(401).end('{"code":20003,"message":"x"}')],
    ['a cut connection', (response) => void response.destroy()],
  ])('F23: is told and tried again from the same place after %s', async (_, behave) => {
    twilio.messages = [sms(1, noonMs - minuteMs)];
    twilio.behave = behave;
    const polling = poller();
    expect(await polling.pollOnce(never)).toBe(false);
    expect([until, kept]).toEqual([since(), []]);
    expect(warnings).toHaveLength(1);
    expect(warnings.join()).not.toMatch(/SM0|4477/);
    twilio.behave = null;
    expect(await polling.pollOnce(never)).toBe(true);
    expect([until, kept]).toEqual([instant(noonMs), ['1']]);
  });

  it('F44: remembers nothing while the log cannot be written', async () => {
    twilio.messages = [sms(1, noonMs - minuteMs)];
    isFull = true;
    const polling = poller();
    expect(await polling.pollOnce(never)).toBe(false);
    expect(until).toBe(since());
    isFull = false;
    await polling.pollOnce(never);
    expect(kept).toEqual(['1']);
  });

  it('F23: reads in shorter stretches what is too much for one listing', async () => {
    twilio.pageSize = 1;
    const names = Array.from({ length: 90 }, (_, index) => index + 1);
    twilio.messages = names.map((name) => sms(name, noonMs - hourMs + name * 30_000));
    expect(await poller().pollOnce(never)).toBe(true);
    expect(kept).toEqual(names.map(String));
    expect(until).toBe(instant(noonMs));
    expect(warnings.join()).toContain('more messages than are read at once');
  });

  it('keeps what it can see when no stretch is short enough, and claims no more', async () => {
    twilio.pageSize = 1;
    const names = Array.from({ length: 30 }, (_, index) => index + 1);
    twilio.messages = names.map((name) => sms(name, noonMs - hourMs - name * 1_000));
    expect(await poller().pollOnce(never)).toBe(false);
    expect(kept).toHaveLength(25);
    expect(until).toBe(since());
  });
});

describe('the poller', () => {
  it('polls at once, every five minutes, and sooner after a failure', async () => {
    const polling = poller();
    const stopping = new AbortController();
    const running = polling.run(stopping.signal);
    await timer.asleep();
    expect(twilio.asked).toHaveLength(1);
    twilio.behave = (response) => void response.writeHead(500).end();
    for (let failures = 0; failures < 5; failures += 1) await timer.passes();
    twilio.behave = null;
    await timer.passes();
    expect(timer.slept).toEqual([
      pollEveryMs,
      pollAgainMs,
      2 * pollAgainMs,
      4 * pollAgainMs,
      pollEveryMs,
      pollEveryMs,
      pollEveryMs,
    ]);
    stopping.abort();
    await running;
    expect(twilio.asked).toHaveLength(7);
  });

  it('calls off the listing that is under way when it is stopped, and says nothing', async () => {
    const polling = poller();
    const listing = new Promise<void>((resolve) => {
      twilio.behave = () => resolve();
    });
    const stopping = new AbortController();
    const running = polling.run(stopping.signal);
    await listing;
    stopping.abort();
    await running;
    expect([until, kept, warnings]).toEqual([instant(noonMs - hourMs), [], []]);
    expect(twilio.asked).toHaveLength(1);
  });

  it('ends between two messages when it is stopped there', async () => {
    twilio.messages = [sms(1, noonMs - 2_000), sms(2, noonMs - 1_000)];
    const stopping = new AbortController();
    const polling = createSmsPoller({
      sender: twilio.client,
      inbox: {
        receive: async (source, body) => {
          stopping.abort();
          await receive(source, body);
        },
      },
      memory: { read: async () => until, write: async (at) => void (until = at) },
      clock: { now: () => nowMs },
      timer,
      log: { warn: () => undefined },
    });
    expect(await polling.pollOnce(stopping.signal)).toBe(false);
    expect([until, kept]).toEqual([instant(noonMs - hourMs), ['1']]);
  });

  it('does nothing once it is called off', async () => {
    await poller().run(AbortSignal.abort());
    expect(twilio.asked).toEqual([]);
  });
});
