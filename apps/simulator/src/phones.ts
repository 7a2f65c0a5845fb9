import { instant, type Instant, type Json } from '#kernel';
import { firstCustomers } from './customers.js';
import { limits } from './limits.js';
import type { SimulatedNumber } from './options.js';
import type { KeptPhone } from './state-file.js';

/** 24 hours: https://developers.facebook.com/docs/whatsapp/pricing (read 2026-11-20). */
export const WINDOW_MS = 24 * 60 * 60 * 1000;

export type Bubble = {
  readonly wamid: string;
  readonly from: 'customer' | 'business';
  readonly type: string;
  readonly text: string;
  readonly at: Instant;
};

/** One customer's chat with one of our numbers, as the customer's phone has it. */
export type Phone = {
  readonly phoneNumberId: string;
  readonly customer: string;
  readonly name: string | null;
  readonly lastMessageAtMs: number | null;
  readonly bubbles: readonly Bubble[];
  /** The business has seen everything up to here. */
  readonly seenAt: Instant | null;
  /** Of the business's messages that wait for the customer to read them. */
  readonly unread: readonly string[];
};

export type Phones = {
  readonly all: () => readonly Phone[];
  readonly find: (phoneNumberId: string, customer: string) => Phone | undefined;
  readonly name: (phoneNumberId: string, customer: string, name: string | null) => Phone;
  /** The customer wrote; `opensAtMs` opens Meta's own window, null does not. */
  readonly wrote: (
    phoneNumberId: string,
    customer: string,
    bubble: Bubble,
    opensAtMs: number | null,
  ) => void;
  readonly received: (phoneNumberId: string, customer: string, bubble: Bubble) => void;
  readonly seen: (phoneNumberId: string, wamid: string, at: Instant) => void;
  /** The wamids that the customer reads now, oldest first. */
  readonly read: (phoneNumberId: string, customer: string) => readonly string[];
  /** By Meta's record: half-open, on the customer's newest message. */
  readonly isWindowOpen: (phoneNumberId: string, customer: string, nowMs: number) => boolean;
  readonly kept: () => readonly KeptPhone[];
};

const keyOf = (phoneNumberId: string, customer: string): string => `${phoneNumberId}:${customer}`;

const empty = (phoneNumberId: string, customer: string, name: string | null): Phone => ({
  phoneNumberId,
  customer,
  name,
  lastMessageAtMs: null,
  bubbles: [],
  seenAt: null,
  unread: [],
});

const withBubble = (phone: Phone, bubble: Bubble): Phone => ({
  ...phone,
  bubbles: [...phone.bubbles, bubble].slice(-limits.bubblesPerPhoneMax),
});

const written = (phone: Phone, bubble: Bubble, opensAtMs: number | null): Phone => ({
  ...withBubble(phone, bubble),
  lastMessageAtMs:
    opensAtMs === null ? phone.lastMessageAtMs : Math.max(phone.lastMessageAtMs ?? 0, opensAtMs),
});

/** Some people to begin with, who write to the first number, and whoever an earlier run knew. */
const atFirst = (
  numbers: readonly SimulatedNumber[],
  kept: readonly KeptPhone[],
): readonly Phone[] => [
  ...numbers
    .slice(0, 1)
    .flatMap(({ phoneNumberId }) =>
      firstCustomers.map(({ customer, name }) => empty(phoneNumberId, customer, name)),
    ),
  ...kept.map((phone) => ({ ...empty(phone.phoneNumberId, phone.customer, null), ...phone })),
];

export const phoneToJson = (phone: Phone, smsUnread: number): Json => ({
  from: phone.customer,
  phoneNumberId: phone.phoneNumberId,
  name: phone.name,
  lastMessageAt: phone.lastMessageAtMs === null ? null : instant(phone.lastMessageAtMs),
  windowClosesAt:
    phone.lastMessageAtMs === null ? null : instant(phone.lastMessageAtMs + WINDOW_MS),
  seenAt: phone.seenAt,
  unread: phone.unread.length,
  smsUnread,
});

export const createPhones = (
  numbers: readonly SimulatedNumber[],
  kept: readonly KeptPhone[],
): Phones => {
  const phones = new Map<string, Phone>();

  const put = (phone: Phone): Phone => {
    const key = keyOf(phone.phoneNumberId, phone.customer);
    phones.delete(key);
    phones.set(key, phone);
    const [oldest] = phones.keys();
    if (phones.size > limits.phonesMax && oldest !== undefined) phones.delete(oldest);
    return phone;
  };
  const find = (phoneNumberId: string, customer: string): Phone | undefined =>
    phones.get(keyOf(phoneNumberId, customer));
  const get = (phoneNumberId: string, customer: string): Phone =>
    find(phoneNumberId, customer) ?? empty(phoneNumberId, customer, null);
  const replace = (phone: Phone): void => {
    phones.set(keyOf(phone.phoneNumberId, phone.customer), phone);
  };

  for (const phone of atFirst(numbers, kept)) put(phone);

  return {
    all: () => [...phones.values()],
    find,
    name: (phoneNumberId, customer, name) => {
      const phone = get(phoneNumberId, customer);
      return put({ ...phone, name: name ?? phone.name });
    },
    wrote: (phoneNumberId, customer, bubble, opensAtMs) => {
      put(written(get(phoneNumberId, customer), bubble, opensAtMs));
    },
    received: (phoneNumberId, customer, bubble) => {
      const phone = withBubble(get(phoneNumberId, customer), bubble);
      put({ ...phone, unread: [...phone.unread, bubble.wamid].slice(-limits.bubblesPerPhoneMax) });
    },
    seen: (phoneNumberId, wamid, at) => {
      const phone = [...phones.values()].find(
        (each) =>
          each.phoneNumberId === phoneNumberId &&
          each.bubbles.some((bubble) => bubble.wamid === wamid),
      );
      if (phone !== undefined) replace({ ...phone, seenAt: at });
    },
    read: (phoneNumberId, customer) => {
      const phone = find(phoneNumberId, customer);
      if (phone === undefined) return [];
      replace({ ...phone, unread: [] });
      return phone.unread;
    },
    isWindowOpen: (phoneNumberId, customer, nowMs) => {
      const last = find(phoneNumberId, customer)?.lastMessageAtMs ?? null;
      return last !== null && nowMs < last + WINDOW_MS;
    },
    kept: () =>
      [...phones.values()].map(({ phoneNumberId, customer, name, lastMessageAtMs }) => ({
        phoneNumberId,
        customer,
        name,
        lastMessageAtMs,
      })),
  };
};
