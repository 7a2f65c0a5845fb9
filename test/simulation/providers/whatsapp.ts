import { sendOutcome, delivery, metaBytes } from '#channels/whatsapp/spec';
import type { SendRequest, WhatsAppSender } from '#channels/whatsapp';
import type { JsonObject } from '#kernel';
import { acmeMotors, phoneOfBsuid } from '../business.js';
import { Broken } from '../machine/machine.js';
import type { Life } from '../machine/life.js';
import type { Deliveries } from './deliveries.js';
import { attemptOf, type Acceptance, type Attempt, type Ledger } from './ledger.js';
import { callOver, type Said, type Wire } from './wire.js';

const windowMs = 24 * 60 * 60 * 1_000;

type Mood = 'busy' | 'pair' | 'down' | 'vague' | 'broken' | 'judge' | 'unreachable' | 'mute';

/** Receipts that one message gets, each after the one before. */
const fates: readonly (readonly string[])[] = [
  ...Array.from({ length: 8 }, () => ['sent', 'delivered', 'read']),
  ...Array.from({ length: 4 }, () => ['sent', 'delivered']),
  ['sent', 'read'],
  ['delivered'],
  ['sent'],
  ['failed:131026'],
  ['sent', 'failed:131026'],
  ['failed:131047'],
];

const refusal = (status: number, code: number): Said => ({
  status,
  body: { error: { code, message: `what ${code} means` } },
});

const phoneOf = ({ to }: SendRequest): string =>
  to.kind === 'phone' ? to.phone.slice(1) : phoneOfBsuid(to.bsuid);

/** WhatsApp: it knows when customers wrote, takes messages or does not, and tells of them later. */
export class WhatsAppDouble {
  readonly #wroteAtMs = new Map<string, number>();
  #taken = 0;

  constructor(
    private readonly wire: Wire,
    private readonly ledger: Ledger,
    private readonly deliveries: Deliveries,
  ) {}

  /** The customer wrote, by WhatsApp's clock. */
  wrote(phone: string, atMs: number): void {
    this.#wroteAtMs.set(phone, Math.max(this.#wroteAtMs.get(phone) ?? 0, atMs));
  }

  reachedBy(life: Life): WhatsAppSender {
    return {
      send: async (request, terms) => {
        const what = `whatsapp ${request.callbackData}`;
        return sendOutcome(await callOver(this.wire, life, what, terms, () => this.#take(request)));
      },
      markRead: async ({ providerMessageId }, terms) => {
        const done = (): Said => ({ status: 200, body: { success: true } });
        await callOver(this.wire, life, `mark ${providerMessageId}`, terms, done);
        return { kind: 'done' };
      },
      typing: () => Promise.resolve({ kind: 'done' }),
    };
  }

  #take(request: SendRequest): Said {
    const { machine, random, trouble } = this.wire;
    const attempt = attemptOf(request.callbackData);
    const phone = phoneOf(request);
    const closesAtMs = (this.#wroteAtMs.get(phone) ?? -Infinity) + windowMs;
    const startedAtMs = this.ledger.startedAtMs(attempt) ?? machine.epochMs;
    const isFreeForm = request.content.kind !== 'template';
    if (isFreeForm && startedAtMs >= closesAtMs)
      throw new Broken('P12', `${attempt.messageId} left ${startedAtMs - closesAtMs} ms too late`);
    if (isFreeForm && machine.epochMs >= closesAtMs) return refusal(400, 131047);
    const mood: Mood | null = machine.fails(trouble)
      ? random.oneOf('busy', 'pair', 'down', 'vague', 'broken', 'judge', 'unreachable', 'mute')
      : null;
    if (mood) machine.note('whatsapp', `is ${mood} to ${attempt.messageId}`);
    switch (mood) {
      case 'busy':
        return refusal(429, 130429);
      case 'pair':
        return refusal(400, 131056);
      case 'down':
        return refusal(503, 131016);
      case 'judge':
        return refusal(400, 131047);
      case 'unreachable':
        return refusal(400, 131026);
      case 'broken':
        return { status: 500, body: 'oops' };
      case 'vague':
        if (random.happens(0.5)) this.#accept(attempt, phone, request.callbackData);
        return refusal(500, 131000);
      case 'mute':
        this.#accept(attempt, phone, request.callbackData);
        return { status: 200, body: {} };
      default:
        return this.#accepted(this.#accept(attempt, phone, request.callbackData), phone);
    }
  }

  #accepted({ providerId }: Acceptance, phone: string): Said {
    return { status: 200, body: { messages: [{ id: providerId }], contacts: [{ wa_id: phone }] } };
  }

  #accept(attempt: Attempt, phone: string, callbackData: string): Acceptance {
    const { machine, random } = this.wire;
    this.#taken += 1;
    const providerId = `wamid.out.${this.#taken}`;
    const accepted = { ...attempt, phone, providerId, atMs: machine.epochMs } as const;
    machine.note('whatsapp', `ACCEPTED ${attempt.messageId}.${attempt.attempt} as ${providerId}`);
    this.ledger.accept({ ...accepted, channel: 'WHATSAPP' });
    if (!this.wire.tells) return { ...accepted, channel: 'WHATSAPP' };
    let atMs = 0;
    for (const fate of fates[random.below(fates.length)] ?? []) {
      atMs += random.between(0, 2_000);
      const [status = '', code] = fate.split(':');
      this.ledger.receipt(attempt, { receipt: status.toUpperCase(), providerId });
      this.#tell({ status, code, providerId, callbackData, phone }, atMs);
    }
    return { ...accepted, channel: 'WHATSAPP' };
  }

  #tell(
    told: {
      readonly status: string;
      readonly code: string | undefined;
      readonly providerId: string;
      readonly callbackData: string;
      readonly phone: string;
    },
    afterMs: number,
  ): void {
    const { machine, random } = this.wire;
    const lateMs = random.happens(0.1) ? random.between(0, 300_000) : random.between(0, 3_000);
    const status: JsonObject = {
      id: told.providerId,
      status: told.status,
      timestamp: String(Math.floor((machine.epochMs + afterMs) / 1_000)),
      recipient_id: told.phone,
      biz_opaque_callback_data: told.callbackData,
      ...(told.code === undefined ? {} : { errors: [{ code: Number(told.code), title: 'no' }] }),
    };
    this.deliver({ statuses: [status] }, afterMs + lateMs, () => undefined);
  }

  /** What WhatsApp posts, in its own words. */
  deliver(value: JsonObject, delayMs: number, onKept: () => void): void {
    const body = metaBytes(
      delivery({
        field: 'messages',
        value: {
          messaging_product: 'whatsapp',
          metadata: { phone_number_id: acmeMotors.number.phoneNumberId },
          ...value,
        },
      }),
    );
    const { deliveries } = this;
    deliveries.send({ source: 'whatsapp', body, query: '', triesMax: Infinity, onKept }, delayMs);
  }
}
