import type { NotDone } from '#channels/http';
import type {
  CallTerms,
  MarkOutcome,
  MarkRequest,
  Refused,
  SendOutcome,
  SendRequest,
  WhatsAppSender,
} from '#channels/whatsapp';

type Answer = SendOutcome | ((request: SendRequest, terms: CallTerms) => Promise<SendOutcome>);

export const acceptedAs = (providerMessageId: string): SendOutcome => ({
  kind: 'accepted',
  providerMessageId,
  waId: '447700900281',
  bsuid: null,
});

const error = (code: string, reason: string): Refused => ({
  error: { code, title: null, message: 'what went wrong', details: null },
  errorClass: { reason, retry: 'retry', retryable: true },
});

export const refusedAs = (code: string, reason: string): NotDone => ({
  kind: 'rejected',
  ...error(code, reason),
});

export const putOff = (retryAfterMs: number | null): NotDone => ({
  kind: 'deferred',
  retryAfterMs,
  ...error('130429', 'rate_limited'),
});

/** WhatsApp as the spec tells it to answer, call by call; the last answer stands for all after it. */
export class ScriptedSender implements WhatsAppSender {
  readonly calls: SendRequest[] = [];
  readonly marked: MarkRequest[] = [];
  readonly #answers: Answer[];

  constructor(...answers: Answer[]) {
    this.#answers = answers;
  }

  async send(request: SendRequest, terms: CallTerms): Promise<SendOutcome> {
    this.calls.push(request);
    const answer = this.#answers[Math.min(this.calls.length, this.#answers.length) - 1];
    if (answer === undefined) return acceptedAs(`wamid.${this.calls.length}`);
    return typeof answer === 'function' ? answer(request, terms) : answer;
  }

  async markRead(request: MarkRequest): Promise<MarkOutcome> {
    this.marked.push(request);
    return { kind: 'done' };
  }

  async typing(): Promise<MarkOutcome> {
    return { kind: 'done' };
  }
}
