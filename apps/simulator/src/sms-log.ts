import { randomBytes } from 'node:crypto';
import type { Instant } from '#kernel';
import { limits } from './limits.js';

/** An SMS as Twilio has it, in either direction. */
export type Sms = {
  readonly sid: string;
  readonly direction: 'inbound' | 'outbound-api';
  /** E.164, both. */
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly at: Instant;
  /** In Twilio's words. */
  readonly status: string;
  readonly errorCode: number | null;
  readonly segments: number;
  readonly statusCallback: string | null;
  /** Whether the customer's phone has it, and the customer has looked. */
  readonly onPhone: 'unread' | 'read' | 'never';
};

const UNDELIVERED: ReadonlySet<string> = new Set(['undelivered', 'failed']);

/** Whether the customer's phone shows it: what it sent, and what reached it. */
export const isOnPhone = ({ direction, onPhone, status }: Sms): boolean =>
  direction === 'inbound' || (onPhone !== 'never' && !UNDELIVERED.has(status));

/** What Twilio's double keeps over a restart. */
export type KeptSms = {
  readonly messages: readonly Sms[];
  /** Customer and number, with a space between. */
  readonly optedOut: readonly string[];
};

/** What Twilio remembers: the messages, and who has said STOP to which number. */
export type SmsLog = {
  readonly add: (sms: Sms) => void;
  readonly find: (sid: string) => Sms | undefined;
  readonly change: (sid: string, status: string, errorCode: number | null) => void;
  /** Newest first. */
  readonly all: () => readonly Sms[];
  /** What the phone shows of one of our numbers, newest first. */
  readonly between: (customer: string, number: string) => readonly Sms[];
  /** The customer looks: how many were unread. */
  readonly read: (customer: string, number: string) => number;
  readonly optOut: (customer: string, number: string) => void;
  readonly optIn: (customer: string, number: string) => void;
  readonly isOptedOut: (customer: string, number: string) => boolean;
  readonly kept: () => KeptSms;
};

export const isUnread = (sms: Sms): boolean =>
  sms.direction === 'outbound-api' && sms.onPhone === 'unread' && isOnPhone(sms);

const SID_BYTES = 16;

export const smsSid = (): string => `SM${randomBytes(SID_BYTES).toString('hex')}`;

const pairOf = (customer: string, number: string): string => `${customer} ${number}`;

export const createSmsLog = (kept: KeptSms): SmsLog => {
  const messages = new Map(kept.messages.map((sms) => [sms.sid, sms]));
  const optedOut = new Set(kept.optedOut);
  const between = (customer: string, number: string): readonly Sms[] =>
    [...messages.values()]
      .filter(
        (sms) =>
          isOnPhone(sms) &&
          (sms.direction === 'inbound'
            ? sms.from === customer && sms.to === number
            : sms.from === number && sms.to === customer),
      )
      .toReversed();
  return {
    add: (sms) => {
      messages.set(sms.sid, sms);
      const [oldest] = messages.keys();
      if (messages.size > limits.smsMax && oldest !== undefined) messages.delete(oldest);
    },
    find: (sid) => messages.get(sid),
    change: (sid, status, errorCode) => {
      const sms = messages.get(sid);
      if (sms !== undefined) messages.set(sid, { ...sms, status, errorCode });
    },
    all: () => [...messages.values()].toReversed(),
    between,
    read: (customer, number) => {
      const unread = between(customer, number).filter(isUnread);
      for (const sms of unread) messages.set(sms.sid, { ...sms, onPhone: 'read' });
      return unread.length;
    },
    optOut: (customer, number) => {
      optedOut.add(pairOf(customer, number));
      const [oldest] = optedOut;
      if (optedOut.size > limits.optedOutMax && oldest !== undefined) optedOut.delete(oldest);
    },
    optIn: (customer, number) => {
      optedOut.delete(pairOf(customer, number));
    },
    isOptedOut: (customer, number) => optedOut.has(pairOf(customer, number)),
    kept: () => ({
      messages: [...messages.values()].slice(-limits.smsKeptMax),
      optedOut: [...optedOut],
    }),
  };
};
