import { instant, type Instant, type Json } from '#kernel';
import { BadRequest, notFound, ok, type Reply } from './answers.js';
import { readCustomer, readNumber } from './customers.js';
import type { Deliveries } from './deliveries.js';
import { receiptEnvelope, type OutboundReceipt } from './envelopes.js';
import { spokenErrors } from './graph-errors.js';
import { limits } from './limits.js';
import { readSpokenError, type Mood, type SpokenError } from './moods.js';
import type { SimulatedNumber } from './options.js';
import type { Outbox, WhatsAppAccepted } from './outbox.js';
import { createPlays } from './plays.js';
import { field, knowsOnly, optionalInstant, optionalText, readObject } from './reading.js';

type Step = { readonly status: string; readonly error: SpokenError | null };
type Receipt = OutboundReceipt & { readonly number: SimulatedNumber };

/** Sends the statuses of accepted messages, as the mood says. */
export type Receipts = {
  /** Plays the receipts of a message that was just accepted; false when too many are playing. */
  readonly mayPlay: () => boolean;
  readonly play: (accepted: WhatsAppAccepted) => void;
  readonly sendRead: (wamids: readonly string[]) => void;
  /** One receipt by hand; answers once the webhook has met it. */
  readonly byHand: (body: Json | undefined) => Promise<Reply>;
  readonly release: () => number;
  readonly heldCount: () => number;
  readonly close: () => Promise<void>;
};

export type ReceiptOptions = {
  readonly numbers: readonly SimulatedNumber[];
  readonly deliveries: Deliveries<Json>;
  readonly outbox: Outbox;
  readonly mood: () => Mood;
  readonly nowMs: () => number;
  /** Whether the customer's phone has the message unread and reads it now. */
  readonly readNow: (accepted: WhatsAppAccepted) => void;
  readonly changed: () => void;
};

const step = (status: string, error: SpokenError | null = null): Step => ({ status, error });

const stepsOf = (accepted: WhatsAppAccepted, mood: Mood): readonly Step[] => {
  if (!accepted.windowOpen && accepted.type !== 'template')
    return [step('failed', spokenErrors.windowExpired)];
  if (mood.failLater !== null) return [step('sent'), step('failed', mood.failLater)];
  const reads = mood.reads === 'auto' ? [step('read')] : [];
  return [step('sent'), step('delivered'), ...reads];
};

const receiptOf = (
  numbers: readonly SimulatedNumber[],
  accepted: WhatsAppAccepted,
  each: Step,
  at: Instant,
): Receipt => ({
  number: readNumber(numbers, accepted.phoneNumberId),
  wamid: accepted.wamid,
  customer: accepted.to,
  callbackData: accepted.callbackData,
  category: accepted.category,
  status: each.status,
  error: each.error,
  at,
});

const STATUSES = ['sent', 'delivered', 'read', 'played', 'failed'];

const NOBODY_KNOWS =
  'No accepted message has this wamid or callbackData. To speak of one that was never accepted, ' +
  'give "wamid" and "to" (the customer), and "from" (our number).';

const FIELDS = ['wamid', 'callbackData', 'status', 'error', 'timestamp', 'from', 'to'];

/** The receipt that somebody asks for; null when no message is meant. */
const readByHand = (options: ReceiptOptions, body: Json | undefined): Receipt | null => {
  const { numbers, outbox } = options;
  const object = readObject(body);
  knowsOnly(object, FIELDS);
  const wamid = optionalText(object, 'wamid', limits.wamidCharactersMax);
  const callbackData = optionalText(object, 'callbackData', limits.callbackCharactersMax);
  const status = optionalText(object, 'status', limits.nameCharactersMax);
  if (status === undefined)
    throw new BadRequest(`"status" is missing: ${STATUSES.join(', ')}, or one nobody knows.`);
  const said = field(object, 'error') ?? null;
  const error = said === null ? null : readSpokenError('error', said);
  const at = optionalInstant(object, 'timestamp') ?? instant(options.nowMs());
  const accepted = outbox.findByWamid(wamid ?? '') ?? outbox.findByCallbackData(callbackData ?? '');
  if (accepted !== undefined) return receiptOf(numbers, accepted, { status, error }, at);
  const to = optionalText(object, 'to', limits.addressCharactersMax);
  if (wamid === undefined || to === undefined) return null;
  const number = readNumber(numbers, optionalText(object, 'from', limits.addressCharactersMax));
  const customer = readCustomer(to);
  const asSaid = { number, wamid, customer, status, error, at };
  return { ...asSaid, callbackData: callbackData ?? null, category: 'service' };
};

export const createReceipts = (options: ReceiptOptions): Receipts => {
  const { outbox, numbers, nowMs, mood } = options;

  const deliver = async (receipt: Receipt): Promise<Json> => {
    const key = `${receipt.number.phoneNumberId}:${receipt.customer}`;
    const delivery = options.deliveries.send(key, receiptEnvelope(receipt.number, receipt));
    const first = delivery === null ? null : await delivery.first;
    const delivered = first?.delivered === true;
    outbox.receiptSent(receipt.wamid, {
      status: receipt.status,
      at: receipt.at,
      errorCode: receipt.error?.code ?? null,
      delivered,
    });
    options.changed();
    return { delivered, httpStatus: first?.httpStatus ?? null };
  };

  const plays = createPlays({ mood, deliver, changed: options.changed });

  const play = (accepted: WhatsAppAccepted): void =>
    plays.play(
      stepsOf(accepted, mood()).map((each) => () => {
        if (each.status === 'read') options.readNow(accepted);
        return receiptOf(numbers, accepted, each, instant(nowMs()));
      }),
    );

  return {
    mayPlay: plays.mayPlay,
    play,
    sendRead: (wamids) => {
      for (const accepted of wamids.flatMap((wamid) => outbox.findByWamid(wamid) ?? []))
        plays.sendOrHold(receiptOf(numbers, accepted, step('read'), instant(nowMs())));
    },
    byHand: async (body) => {
      const asked = readByHand(options, body);
      return asked === null ? notFound(NOBODY_KNOWS) : ok(await deliver(asked));
    },
    release: plays.release,
    heldCount: plays.heldCount,
    close: plays.close,
  };
};
