import { sendOutcome } from '#channels/sms/spec';
import type { ListedSms, SmsFilter, SmsRequest, SmsSender } from '#channels/sms';
import { epochMs, instant } from '#kernel';
import { smsSettings } from '../business.js';
import type { Life } from '../machine/life.js';
import type { Deliveries } from './deliveries.js';
import { attemptOf, type Ledger } from './ledger.js';
import { callOver, type Said, type Wire } from './wire.js';

/** How long a message that was taken may be missing in the list. */
const listLagMsMax = 50_000;
/** Twilio tries a message that came in twice, and then leaves it to its list. */
const inboundTriesMax = 2;

const fates: readonly (readonly string[])[] = [
  ...Array.from({ length: 6 }, () => ['sent', 'delivered']),
  ['sent'],
  ['delivered'],
  ['sent', 'undelivered:30003'],
  ['undelivered:30005'],
];

type Kept = ListedSms & { readonly visibleAtMs: number };

const refusal = (status: number, code: number): Said => ({
  status,
  body: { code, message: `what ${code} means` },
});

/** Twilio: takes SMS, lists them a little later, tells of them, and obeys STOP by itself. */
export class TwilioDouble {
  readonly #all: Kept[] = [];
  readonly #stopped = new Set<string>();

  constructor(
    private readonly wire: Wire,
    private readonly ledger: Ledger,
    private readonly deliveries: Deliveries,
  ) {}

  reachedBy(life: Life): SmsSender {
    return {
      send: async (request, terms) => {
        const what = `twilio ${this.#attempt(request).messageId}`;
        return sendOutcome(await callOver(this.wire, life, what, terms, () => this.#take(request)));
      },
      list: async (filter, terms) => {
        let messages: readonly ListedSms[] = [];
        const exchange = await callOver(this.wire, life, 'twilio list', terms, () => {
          messages = this.#listed(filter);
          return { status: 200, body: {} };
        });
        if (exchange.kind === 'answer') return { kind: 'listed', messages, complete: true };
        return { kind: 'unknown', why: 'the list did not come' };
      },
    };
  }

  /** The SMS that a customer has on the phone, the newest last. */
  inboxOf(phone: string): readonly ListedSms[] {
    return this.#all.filter(({ to, direction }) => to === phone && direction === 'outbound');
  }

  /** A customer's SMS: posted to us, and in the list in any case. */
  wrote(sms: { readonly from: string; readonly to: string; readonly text: string }): string {
    const { machine, random } = this.wire;
    const sid = `SM${random.bytes(16).toString('hex')}`;
    if (sms.text === 'STOP') this.#stopped.add(sms.from);
    if (sms.text === 'START') this.#stopped.delete(sms.from);
    this.#keep(sid, sms, 'inbound', 'received');
    const form = { MessageSid: sid, From: sms.from, To: sms.to, Body: sms.text, NumMedia: '0' };
    machine.note('twilio', `customer ${sms.from} wrote ${sms.text}`);
    this.#post('sms', form, '', { triesMax: inboundTriesMax, delayMs: random.between(10, 3_000) });
    return sid;
  }

  #take(request: SmsRequest): Said {
    const { machine, random, trouble } = this.wire;
    const attempt = this.#attempt(request);
    if (this.#stopped.has(request.to)) return refusal(400, 21610);
    const mood = machine.fails(trouble) ? random.oneOf('busy', 'down', 'broken', 'mute') : null;
    if (mood) machine.note('twilio', `is ${mood} to ${attempt.messageId}`);
    if (mood === 'busy') return refusal(429, 20429);
    if (mood === 'down') return refusal(503, 20503);
    if (mood === 'broken') return { status: 500, body: 'oops' };
    const sid = `SM${random.bytes(16).toString('hex')}`;
    machine.note('twilio', `ACCEPTED ${attempt.messageId}.${attempt.attempt}`);
    const { from, to, text } = request;
    const atMs = machine.epochMs;
    const taken = { ...attempt, channel: 'SMS', phone: to, providerId: sid, atMs } as const;
    this.ledger.accept(taken);
    if (text.includes(`${smsSettings.portalAddress()}/`)) {
      this.ledger.bridge(to, attempt.messageId, atMs);
    }
    this.#keep(sid, { from, to, text }, 'outbound', 'sent');
    this.#receipts(sid, request);
    return {
      status: 201,
      body: mood === 'mute' ? {} : { sid, num_segments: '1', status: 'queued' },
    };
  }

  #receipts(sid: string, request: SmsRequest): void {
    const { random } = this.wire;
    const attempt = this.#attempt(request);
    let atMs = 0;
    for (const fate of fates[random.below(fates.length)] ?? []) {
      atMs += random.between(0, 2_000);
      const [status = '', code = ''] = fate.split(':');
      const receipt = status === 'undelivered' ? 'FAILED' : status.toUpperCase();
      this.ledger.receipt(attempt, { receipt, providerId: sid });
      const form = { MessageSid: sid, MessageStatus: status, From: request.from, To: request.to };
      const [, query = ''] = request.statusCallback.split('?');
      const lateMs = random.happens(0.1) ? random.between(0, 300_000) : random.between(0, 3_000);
      const terms = { triesMax: Infinity, delayMs: atMs + lateMs };
      this.#post('smsstatus', code === '' ? form : { ...form, ErrorCode: code }, query, terms);
    }
  }

  #post(
    source: 'sms' | 'smsstatus',
    form: Readonly<Record<string, string>>,
    query: string,
    { triesMax, delayMs }: { readonly triesMax: number; readonly delayMs: number },
  ): void {
    const body = Buffer.from(new URLSearchParams(form).toString());
    this.deliveries.send({ source, body, query, triesMax, onKept: () => undefined }, delayMs);
  }

  #keep(
    sid: string,
    sms: { readonly from: string; readonly to: string; readonly text: string },
    direction: 'inbound' | 'outbound',
    providerStatus: string,
  ): void {
    const { machine, random } = this.wire;
    this.#all.push({
      sid,
      ...sms,
      direction,
      at: instant(Math.floor(machine.epochMs / 1_000) * 1_000),
      status: null,
      providerStatus,
      errorCode: null,
      segments: 1,
      price: null,
      mediaCount: 0,
      visibleAtMs: machine.epochMs + random.between(0, listLagMsMax),
    });
  }

  #listed({ from, to, sentAfter, sentBefore }: SmsFilter): readonly ListedSms[] {
    const nowMs = this.wire.machine.epochMs;
    return this.#all
      .filter(({ visibleAtMs }) => visibleAtMs <= nowMs)
      .filter((sms) => (from ?? sms.from) === sms.from && (to ?? sms.to) === sms.to)
      .filter(({ at }) => epochMs(at) >= epochMs(sentAfter) - 1_000)
      .filter(({ at }) => !sentBefore || epochMs(at) <= epochMs(sentBefore))
      .map(({ visibleAtMs: _, ...sms }) => sms)
      .toReversed();
  }

  #attempt({ statusCallback }: SmsRequest) {
    return attemptOf(new URL(statusCallback).searchParams.get('attempt') ?? '');
  }
}
