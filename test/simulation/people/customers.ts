import { instant, type JsonObject } from '#kernel';
import { acmeMotors, bsuidOf } from '../business.js';
import type { Engine } from '../engine.js';
import type { Machine } from '../machine/machine.js';
import type { Random } from '../machine/random.js';
import type { Providers } from '../providers/providers.js';

/** Something that a customer did, and that we were told of. */
export type Told = {
  readonly providerId: string;
  readonly text: string;
  /** Whether we have said that it is kept. */
  isKept: boolean;
};

const hourMs = 60 * 60 * 1_000;
const answerWithinMs = 15_000;

/** An item that nobody can read, in a delivery with others. */
export const brokenReason = 'a status without a name';

/** Customers, who write whenever and wherever they like. */
export class Customers {
  readonly told: Told[] = [];
  brokenItems = 0;
  readonly #phones: readonly string[];
  readonly #tellsBsuids: boolean;

  constructor(
    private readonly machine: Machine,
    private readonly random: Random,
    private readonly providers: Providers,
    private readonly engines: () => readonly Engine[],
    count: number,
  ) {
    this.#phones = Array.from({ length: count }, (_, n) => phoneOf(n));
    this.#tellsBsuids = random.happens(0.3);
  }

  /**
   * Writes on WhatsApp; what was written long ago may come only now. Some deliveries tell the number of
   * whoever writes, some their BSUID, some both: so that two contacts turn out to be one.
   */
  writesOnWhatsApp(): void {
    const { machine, random } = this;
    const phone = this.#anyPhone();
    const told = this.#tellsBsuids ? random.oneOf('both', 'number', 'bsuid') : 'number';
    const who = addressesOf(phone, told);
    const agoMs = random.happens(0.25) ? random.between(0, 25 * hourMs) : random.between(0, 3_000);
    const aheadMs = random.happens(0.05) ? 90_000 : 0;
    const sentAtMs = Math.floor((machine.epochMs - agoMs + aheadMs) / 1_000) * 1_000;
    const messages = Array.from({ length: random.happens(0.2) ? 3 : 1 }, () =>
      this.#says('wamid.in'),
    );
    this.providers.whatsApp.wrote(phone, sentAtMs);
    machine.note('customer', `${phone} wrote ${messages.length} at ${instant(sentAtMs)}`);
    const broken: JsonObject[] = random.happens(0.05) ? [{ id: 'wamid.x', timestamp: '1' }] : [];
    this.brokenItems += broken.length;
    this.providers.whatsApp.deliver(
      {
        contacts: [{ profile: { name: `Customer ${phone.slice(-2)}` }, ...who.contact }],
        messages: messages.map(({ providerId, text }) => ({
          ...who.message,
          id: providerId,
          timestamp: String(sentAtMs / 1_000),
          type: 'text',
          text: { body: text },
        })),
        ...(broken.length > 0 ? { statuses: broken } : {}),
      },
      random.between(50, 2_000),
      () => messages.forEach((message) => (message.isKept = true)),
    );
  }

  /** Looks at the SMS on the phone, if there is any, and does what people do. */
  looksAtPhone(): void {
    const { random, providers } = this;
    const phone = this.#anyPhone();
    const newest = providers.twilio.inboxOf(`+${phone}`).at(-1);
    if (!newest) return;
    const doing = random.oneOf('answers', 'answers', 'opens', 'opens', 'starts', 'stops');
    if (doing === 'opens') return this.#opens(newest.text);
    const text = { answers: '', stops: 'STOP', starts: 'START' }[doing];
    const said = this.#says('sms');
    const sms = { from: `+${phone}`, to: acmeMotors.smsNumber ?? '', text: text || said.text };
    // Twilio has it in its list, come what may: it must not be lost.
    this.told.splice(this.told.indexOf(said), 1, {
      providerId: providers.twilio.wrote(sms),
      text: sms.text,
      isKept: true,
    });
  }

  #opens(sms: string): void {
    const code = /tflow\.link\/(\w{11})/.exec(sms)?.[1];
    const [engine] = this.engines();
    if (code === undefined || !engine) return;
    const said = this.#says('portal');
    const { portalCodes, portalInbox } = engine.commands;
    this.machine.note('customer', `opens ${code}`);
    const write = async (): Promise<void> => {
      const opened = await portalCodes.redeem(code);
      if (!opened) return;
      await portalInbox.write(opened.visit.thread, said.text, said.text);
      said.isKept = true;
    };
    let isLate = false;
    this.machine.later(answerWithinMs, () => (isLate = true));
    write().catch((error: unknown) => {
      if (!isLate) this.machine.note('customer', `could not write: ${String(error)}`);
    });
  }

  #says(where: string): Told {
    const number = this.told.length + 1;
    const said = { providerId: `${where}.${number}`, text: `${where} ${number}`, isKept: false };
    this.told.push(said);
    return said;
  }

  #anyPhone(): string {
    return this.#phones[this.random.below(this.#phones.length)] ?? '';
  }
}

const phoneOf = (number: number): string => `4477009003${String(number).padStart(2, '0')}`;

/** As Meta writes them, in the message and in the contact beside it. */
const addressesOf = (phone: string, told: 'both' | 'number' | 'bsuid') => {
  const bsuid = bsuidOf(phone);
  const [number, id] = [told !== 'bsuid', told !== 'number'];
  return {
    message: { ...(number ? { from: phone } : {}), ...(id ? { from_user_id: bsuid } : {}) },
    contact: { ...(number ? { wa_id: phone } : {}), ...(id ? { user_id: bsuid } : {}) },
  };
};
