import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { instant, type Json } from '#kernel';
import { ok, type Reply } from './answers.js';
import { isBsuid } from './customers.js';
import { graphError, spokenErrors } from './graph-errors.js';
import { readGraphRequest, type GraphRequest } from './graph-request.js';
import { spendLostAnswer, spendRefusal, type MoodOf, type SpokenError } from './moods.js';
import type { SimulatedNumber, SimulatedTemplate } from './options.js';
import type { Outbox } from './outbox.js';
import type { Phones } from './phones.js';
import type { Receipts } from './receipts.js';
import { wamid } from './wamid.js';

export type GraphCall = {
  readonly phoneNumberId: string;
  readonly authorization: string | undefined;
  readonly body: Json | undefined;
};

/** `lost` means: cut the connection instead of answering. */
export type ProviderReply = Reply | 'lost';

/** The double of the Graph API's messages endpoint. */
export type Graph = { readonly call: (call: GraphCall) => Promise<ProviderReply> };

export type GraphOptions = MoodOf & {
  readonly numbers: readonly SimulatedNumber[];
  readonly templates: readonly SimulatedTemplate[];
  readonly accessToken: string;
  readonly outbox: Outbox;
  readonly phones: Phones;
  readonly receipts: Receipts;
  readonly nowMs: () => number;
  readonly changed: () => void;
};

type Send = Extract<GraphRequest, { readonly kind: 'send' }>;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const acceptance = (send: Send, id: string): Reply =>
  ok({
    messaging_product: 'whatsapp',
    contacts: [
      { input: send.input, ...(isBsuid(send.to) ? { user_id: send.to } : { wa_id: send.to }) },
    ],
    messages: [{ id, ...(send.type === 'template' ? { message_status: 'accepted' } : {}) }],
  });

const accept = (options: GraphOptions, number: SimulatedNumber, send: Send): ProviderReply => {
  const { phoneNumberId } = number;
  const nowMs = options.nowMs();
  const lost = spendLostAnswer(options);
  const accepted = options.outbox.addWhatsApp({
    provider: 'whatsapp',
    wamid: wamid(send.to, 'outbound'),
    phoneNumberId,
    to: send.to,
    type: send.type,
    text: send.text,
    category: send.category,
    callbackData: send.callbackData,
    acceptedAt: instant(nowMs),
    answered: !lost,
    windowOpen: options.phones.isWindowOpen(phoneNumberId, send.to, nowMs),
  });
  const { failLater } = options.mood();
  if ((accepted.windowOpen || send.type === 'template') && failLater === null)
    options.phones.received(phoneNumberId, send.to, {
      wamid: accepted.wamid,
      from: 'business',
      type: send.type,
      text: send.text ?? `[${send.type}]`,
      at: accepted.acceptedAt,
    });
  options.receipts.play(accepted);
  options.changed();
  return lost ? 'lost' : acceptance(send, accepted.wamid);
};

/** A template that does not exist is not found; all else is a bad request. */
const statusOf = ({ code }: SpokenError): number => (code === 132001 ? 404 : 400);

const answer = (
  options: GraphOptions,
  number: SimulatedNumber,
  request: GraphRequest,
): ProviderReply => {
  if (request.kind === 'refused') return graphError(statusOf(request.error), request.error);
  const { refuse } = options.mood();
  if (request.kind === 'mark') {
    // A refusal that is counted is meant for sends.
    if (refuse?.times === 'always') return graphError(refuse.httpStatus, refuse);
    options.phones.seen(number.phoneNumberId, request.wamid, instant(options.nowMs()));
    options.changed();
    return ok({ success: true });
  }
  const refusal = spendRefusal(options);
  if (refusal !== null) return graphError(refusal.httpStatus, refusal);
  if (!options.receipts.mayPlay()) return graphError(429, spokenErrors.rateLimited);
  return accept(options, number, request);
};

export const createGraph = (options: GraphOptions): Graph => {
  const bearer = digest(`Bearer ${options.accessToken}`);
  return {
    call: async ({ phoneNumberId, authorization, body }) => {
      if (!timingSafeEqual(digest(authorization ?? ''), bearer))
        return graphError(401, spokenErrors.token);
      const number = options.numbers.find((each) => each.phoneNumberId === phoneNumberId);
      if (number === undefined)
        return graphError(
          400,
          spokenErrors.parameter(`Object with ID '${phoneNumberId}' does not exist.`),
        );
      const reply = answer(options, number, readGraphRequest(number, options.templates, body));
      // After the acceptance: a slow answer may arrive later than its own receipts, as in life.
      await sleep(options.mood().delayMs, undefined, { ref: false });
      return reply;
    },
  };
};
