import { setTimeout as sleep } from 'node:timers/promises';
import { signBody } from '#channels/whatsapp';
import type { Json } from '#kernel';
import { limits } from './limits.js';

/** What became of one POST to the webhook. */
export type Attempt = { readonly httpStatus: number | null };
export type Delivered = Attempt & { readonly delivered: boolean; readonly attempts: number };

export type Delivery = {
  /** After the first attempt, whatever it met. */
  readonly first: Promise<Attempt>;
  /** After the webhook answered 200, or the last attempt. */
  readonly settled: Promise<Delivered>;
};

/** Meta's side of the webhook: signed, in order for each customer, again until 200 or the limit. */
export type Deliveries = {
  /** Null when too many are waiting. */
  readonly send: (key: string, body: Json) => Delivery | null;
  /** Stops after the attempts under way; what waits is dropped. */
  readonly close: () => Promise<void>;
};

export type DeliveryOptions = {
  readonly webhookUrl: () => string;
  readonly appSecret: string;
};

/** As Meta writes JSON: everything beyond ASCII escaped, and slashes, too. */
export const metaBytes = (body: Json): Buffer =>
  Buffer.from(
    JSON.stringify(body)
      .replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .replaceAll('/', '\\/'),
  );

/** Lets `max` run at a time, in the order of asking. */
const createGate = (max: number): (<T>(work: () => Promise<T>) => Promise<T>) => {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
};

const backoffMs = (attempt: number): number =>
  Math.min(limits.deliveryBackoffMs * 2 ** attempt, limits.deliveryBackoffMsMax);

const attempt = async (options: DeliveryOptions, bytes: Buffer): Promise<Attempt> => {
  try {
    const response = await fetch(options.webhookUrl(), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-hub-signature-256': signBody(bytes, options.appSecret),
        'user-agent': 'facebookexternalua',
      },
      body: new Uint8Array(bytes),
      redirect: 'manual',
      signal: AbortSignal.timeout(limits.deliveryTimeoutMs),
    });
    await response.arrayBuffer();
    return { httpStatus: response.status };
  } catch {
    return { httpStatus: null };
  }
};

export const createDeliveries = (options: DeliveryOptions): Deliveries => {
  const closing = new AbortController();
  const gate = createGate(limits.deliveriesAtOnceMax);
  const lastOfKey = new Map<string, Promise<unknown>>();
  let pending = 0;

  const run = async (bytes: Buffer, tell: (first: Attempt) => void): Promise<Delivered> => {
    let last: Attempt = { httpStatus: null };
    for (let count = 1; count <= limits.deliveryAttemptsMax; count += 1) {
      if (closing.signal.aborted) break;
      last = await gate(() => attempt(options, bytes));
      tell(last);
      if (last.httpStatus === 200) return { ...last, delivered: true, attempts: count };
      await sleep(backoffMs(count - 1), undefined, { signal: closing.signal }).catch(
        () => undefined,
      );
    }
    tell(last);
    return { ...last, delivered: false, attempts: limits.deliveryAttemptsMax };
  };

  const send = (key: string, body: Json): Delivery | null => {
    if (pending >= limits.deliveriesMax) return null;
    pending += 1;
    const bytes = metaBytes(body);
    let tell: (first: Attempt) => void = () => undefined;
    const first = new Promise<Attempt>((resolve) => {
      tell = resolve;
    });
    const settled = (lastOfKey.get(key) ?? Promise.resolve())
      .then(() => run(bytes, tell))
      .finally(() => {
        pending -= 1;
        if (lastOfKey.get(key) === settled) lastOfKey.delete(key);
      });
    lastOfKey.set(key, settled);
    return { first, settled };
  };

  return {
    send,
    close: async () => {
      closing.abort();
      await Promise.all(lastOfKey.values());
    },
  };
};
