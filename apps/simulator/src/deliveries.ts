import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from './limits.js';

/** What became of one POST to the webhook. */
export type Attempt = { readonly httpStatus: number | null; readonly delivered: boolean };
export type Delivered = Attempt & { readonly attempts: number };

export type Delivery = {
  /** After the first attempt, whatever it met. */
  readonly first: Promise<Attempt>;
  /** After the webhook took it, or the last attempt. */
  readonly settled: Promise<Delivered>;
};

/** A provider's side of a webhook: in order for each key, again until it is taken, or the limit. */
export type Deliveries<Payload> = {
  /** Null when too many are waiting. */
  readonly send: (key: string, payload: Payload) => Delivery | null;
  /** Stops after the attempts under way; what waits is dropped. */
  readonly close: () => Promise<void>;
};

export type DeliveryOptions<Payload> = {
  /** One POST; never rejects. */
  readonly post: (payload: Payload) => Promise<Attempt>;
  readonly attemptsMax: number;
};

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

export const createDeliveries = <Payload>(
  options: DeliveryOptions<Payload>,
): Deliveries<Payload> => {
  const closing = new AbortController();
  // Whoever waits listens for the end; how many wait is bounded elsewhere.
  setMaxListeners(0, closing.signal);
  const gate = createGate(limits.deliveriesAtOnceMax);
  const lastOfKey = new Map<string, Promise<unknown>>();
  let pending = 0;

  const run = async (payload: Payload, tell: (first: Attempt) => void): Promise<Delivered> => {
    let last: Attempt = { httpStatus: null, delivered: false };
    for (let count = 1; count <= options.attemptsMax; count += 1) {
      if (closing.signal.aborted) break;
      last = await gate(() => options.post(payload));
      tell(last);
      if (last.delivered || count === options.attemptsMax) return { ...last, attempts: count };
      await sleep(backoffMs(count - 1), undefined, { signal: closing.signal }).catch(
        () => undefined,
      );
    }
    tell(last);
    return { ...last, attempts: options.attemptsMax };
  };

  const send = (key: string, payload: Payload): Delivery | null => {
    if (pending >= limits.deliveriesMax) return null;
    pending += 1;
    let tell: (first: Attempt) => void = () => undefined;
    const first = new Promise<Attempt>((resolve) => {
      tell = resolve;
    });
    const settled = (lastOfKey.get(key) ?? Promise.resolve())
      .then(() => run(payload, tell))
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
