import {
  contactId,
  conversationId,
  epochMs,
  instant,
  messageId,
  numberId,
  organisationId,
  parseInstant,
  templateId,
  threadId,
  type Instant,
} from '#kernel';
import type { FilledTemplate } from '#templates';
import type { LocationContent } from '../domain/content.js';

export const acme = organisationId('acme');
export const number = numberId('number1');
export const daniel = contactId('daniel');
export const thread = threadId('thread1');
/** Somebody else, until it turns out that the two are one. */
export const dan = contactId('dan');
export const dansThread = threadId('thread2');
export const first = conversationId(thread, 1);
export const second = conversationId(thread, 2);
export const stream = `conversation-${acme}-${thread}`;
export const reply = messageId('reply1');
export const bridgeId = messageId('bridge1');
/** The bridge as it is kept: its code masked. */
export const bridgeSms =
  'AcmeMotors: Update for you. WhatsApp: wa.me/447700900123 Portal: tflow.link/***********';

/** The reminder, filled in for Daniel. */
export const filled: FilledTemplate = {
  templateId: templateId('reminder'),
  version: 1,
  name: 'appointment_reminder',
  language: 'en_GB',
  body: 'Hello Daniel, see you at five.',
  variables: [{ name: 'customer_name', value: 'Daniel' }],
};

/** Where the business is. */
export const place: LocationContent = {
  kind: 'location',
  latitude: 51.5,
  longitude: -0.12,
  name: 'AcmeMotors',
  address: null,
  url: null,
  extras: {},
};

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** An instant as people write it. */
export const the = (text: string): Instant => {
  const parsed = parseInstant(text);
  if (parsed === null) throw new Error(`no instant: ${text}`);
  return parsed;
};

export const noon = the('2026-11-20T12:00:00.000Z');
/** So many milliseconds after noon. */
export const after = (ms: number): Instant => instant(epochMs(noon) + ms);
