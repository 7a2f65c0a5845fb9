import type { CallTerms } from '#channels/http';
import type { ListedSms, SmsListing, SmsOutcome, SmsRequest, SmsSender } from '#channels/sms';
import type { BridgeTerms } from '../domain/bridge.js';
import type { SmsAddressees } from '../followers/sms-request.js';
import { smsDispatcher, type Refusal, type SmsTraces } from '../followers/sms.dispatcher.js';
import { smsLookupDispatcher } from '../followers/sms-lookup.dispatcher.js';
import { daniel, noon } from './people.js';
import { bridging } from './wishes.js';
import { SteppingTimer, type world } from './world.js';

type Answer = SmsOutcome | ((request: SmsRequest, terms: CallTerms) => Promise<SmsOutcome>);

export const takenAs = (sid: string): SmsOutcome => ({
  kind: 'accepted',
  sid,
  segments: 1,
  price: null,
});

export const smsRefused = (code: string, reason: string): SmsOutcome => ({
  kind: 'rejected',
  error: { code, title: null, message: 'what went wrong', details: null },
  errorClass: { reason, retry: 'never', retryable: false },
});

/** A message as Twilio's list has it. */
export const listedAs = (sid: string, text: string): ListedSms => ({
  sid,
  direction: 'outbound',
  from: '+447700900800',
  to: '+447700900281',
  text,
  at: noon,
  status: 'sent',
  providerStatus: 'sent',
  errorCode: null,
  segments: 1,
  price: null,
  mediaCount: 0,
});

/** Twilio as the spec tells it to answer, call by call; the last answer stands for all after it. */
export class ScriptedSms implements SmsSender {
  readonly calls: SmsRequest[] = [];
  /** What the list answers, listing by listing; then nothing is in it. */
  readonly listings: SmsListing[] = [];
  readonly #answers: Answer[];

  constructor(...answers: Answer[]) {
    this.#answers = answers;
  }

  async send(request: SmsRequest, terms: CallTerms): Promise<SmsOutcome> {
    this.calls.push(request);
    const answer = this.#answers[Math.min(this.calls.length, this.#answers.length) - 1];
    if (answer === undefined) return takenAs(`SM${this.calls.length}`);
    return typeof answer === 'function' ? answer(request, terms) : answer;
  }

  async list(): Promise<SmsListing> {
    return this.listings.shift() ?? { kind: 'listed', messages: [], complete: true };
  }
}

/** What was left behind in other streams, in order. */
export class Traces implements SmsTraces {
  readonly left: string[] = [];
  constructor(private readonly fails: 'setRoute' | 'issueCode' | null = null) {}

  async setRoute(_: unknown, smsNumber: string): Promise<void> {
    if (this.fails === 'setRoute') throw new Error('the log cannot be written');
    this.left.push(`route ${smsNumber}`);
  }
  async issueCode(): Promise<void> {
    if (this.fails === 'issueCode') throw new Error('the log cannot be written');
    this.left.push('code');
  }
  async learn(_: unknown, { lesson }: Refusal): Promise<void> {
    this.left.push(lesson);
  }
}

const addressees: SmsAddressees = {
  ends: async () => ({ from: '+447700900800', to: '+447700900281' }),
  portalCode: (bridgeId) => `${bridgeId}-code`.slice(0, 11).padEnd(11, 'x'),
  statusUrl: () => 'https://casement.example/webhooks/sms/status',
  fingerprint: async (_, sid) => `print-${sid}`,
};

type Over = {
  readonly traces?: Traces;
  readonly addressees?: Partial<SmsAddressees>;
  readonly terms?: BridgeTerms;
};

/** The two that call Twilio, in that world. */
export const smsIn = (
  { clock, chance, decisions }: ReturnType<typeof world>,
  sender: ScriptedSms,
  over: Over = {},
) => {
  const ports = {
    clock,
    chance,
    decisions,
    sender,
    timer: new SteppingTimer(),
    addressees: { ...addressees, ...over.addressees },
    bridgeTerms: {
      ofThread: async () => ({ contactId: daniel, terms: over.terms ?? bridging, basis: [] }),
    },
  };
  return {
    dispatcher: smsDispatcher({ ...ports, traces: over.traces ?? new Traces() }),
    lookups: smsLookupDispatcher({ ...ports, wallMs: () => clock.now() }),
  };
};
