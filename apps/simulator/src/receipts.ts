import { setTimeout as sleep } from 'node:timers/promises';
import { instant, type Instant, type Json } from '#kernel';
import { BadRequest, notFound, ok, type Reply } from './answers.js';
import { readCustomer, readNumber } from './customers.js';
import type { Deliveries } from './deliveries.js';
import { receiptEnvelope, type OutboundReceipt } from './envelopes.js';
import { spokenErrors } from './graph-errors.js';
import { limits } from './limits.js';
import { readSpokenError, type Mood, type SpokenError } from './moods.js';
import type { SimulatedNumber } from './options.js';
import type { Accepted, Outbox } from './outbox.js';
import { field, knowsOnly, optionalInstant, optionalText, readObject } from './reading.js';

type Step = { readonly status: string; readonly error: SpokenError | null };
type Receipt = OutboundReceipt & { readonly number: SimulatedNumber };

/** Sends the statuses of accepted messages, as the mood says. */
export type Receipts = {
  /** Plays the receipts of a message that was just accepted; false when too many are playing. */
  readonly mayPlay: () => boolean;
  readonly play: (accepted: Accepted, number: SimulatedNumber) => void;
  readonly sendRead: (wamids: readonly string[]) => void;
  /** One receipt by hand; answers once the webhook has met it. */
  readonly byHand: (body: Json | undefined) => Promise<Reply>;
  readonly release: () => number;
  readonly heldCount: () => number;
  readonly close: () => Promise<void>;
};

export type ReceiptOptions = {
  readonly numbers: readonly SimulatedNumber[];
  readonly deliveries: Deliveries;
  readonly outbox: Outbox;
  readonly mood: () => Mood;
  readonly nowMs: () => number;
  /** Whether the customer's phone has the message unread and reads it now. */
  readonly readNow: (accepted: Accepted) => void;
  readonly changed: () => void;
};

const step = (status: string, error: SpokenError | null = null): Step => ({ status, error });

const stepsOf = (accepted: Accepted, mood: Mood): readonly Step[] => {
  if (!accepted.windowOpen && accepted.type !== 'template')
    return [step('failed', spokenErrors.windowExpired)];
  if (mood.failLater !== null) return [step('sent'), step('failed', mood.failLater)];
  const reads = mood.reads === 'auto' ? [step('read')] : [];
  return [step('sent'), step('delivered'), ...reads];
};

const inMood = (steps: readonly Step[], mood: Mood): readonly Step[] => {
  const ordered = mood.shuffleReceipts ? steps.toReversed() : steps;
  return mood.doubleReceipts ? ordered.flatMap((each) => [each, each]) : ordered;
};

const STATUSES = ['sent', 'delivered', 'read', 'played', 'failed'];

export const createReceipts = (options: ReceiptOptions): Receipts => {
  const { outbox, numbers, nowMs, mood } = options;
  const closing = new AbortController();
  const plays = new Set<Promise<void>>();
  let held: Receipt[] = [];

  const numberOf = (phoneNumberId: string): SimulatedNumber => readNumber(numbers, phoneNumberId);

  const deliver = async (receipt: Receipt): Promise<Json> => {
    const key = `${receipt.number.phoneNumberId}:${receipt.customer}`;
    const delivery = options.deliveries.send(key, receiptEnvelope(receipt.number, receipt));
    const first = delivery === null ? null : await delivery.first;
    const delivered = first?.httpStatus === 200;
    outbox.receiptSent(receipt.wamid, {
      status: receipt.status,
      at: receipt.at,
      errorCode: receipt.error?.code ?? null,
      delivered,
    });
    options.changed();
    return { delivered, httpStatus: first?.httpStatus ?? null };
  };

  const hold = (receipt: Receipt): void => {
    held = [...held, receipt].slice(-limits.heldReceiptsMax);
    options.changed();
  };

  const receiptOf = (accepted: Accepted, each: Step, at: Instant): Receipt => ({
    number: numberOf(accepted.phoneNumberId),
    wamid: accepted.wamid,
    customer: accepted.to,
    callbackData: accepted.callbackData,
    status: each.status,
    error: each.error,
    at,
  });

  const sendOrHold = (receipt: Receipt): void => {
    if (mood().holdReceipts) hold(receipt);
    else void deliver(receipt);
  };

  const run = async (accepted: Accepted): Promise<void> => {
    for (const each of inMood(stepsOf(accepted, mood()), mood())) {
      await sleep(mood().receiptDelayMs, undefined, { signal: closing.signal });
      if (each.status === 'read') options.readNow(accepted);
      sendOrHold(receiptOf(accepted, each, instant(nowMs())));
    }
  };

  const play = (accepted: Accepted): void => {
    if (mood().receipts === 'manual') return;
    const playing = run(accepted).catch(() => undefined);
    plays.add(playing);
    void playing.then(() => plays.delete(playing));
  };

  const release = (): number => {
    const due = held;
    held = [];
    for (const receipt of due) void deliver(receipt);
    return due.length;
  };

  const byHand = async (body: Json | undefined): Promise<Reply> => {
    const object = readObject(body);
    knowsOnly(object, ['wamid', 'callbackData', 'status', 'error', 'timestamp', 'from', 'to']);
    const wamid = optionalText(object, 'wamid', 500);
    const callbackData = optionalText(object, 'callbackData', limits.callbackCharactersMax);
    const status = optionalText(object, 'status', 100);
    if (status === undefined)
      throw new BadRequest(`"status" is missing: ${STATUSES.join(', ')}, or one nobody knows.`);
    const said = field(object, 'error') ?? null;
    const error = said === null ? null : readSpokenError('error', said);
    const at = optionalInstant(object, 'timestamp') ?? instant(nowMs());
    const accepted =
      outbox.findByWamid(wamid ?? '') ?? outbox.findByCallbackData(callbackData ?? '');
    if (accepted !== undefined)
      return ok(await deliver(receiptOf(accepted, { status, error }, at)));
    const to = optionalText(object, 'to', 200);
    if (wamid === undefined || to === undefined)
      return notFound(
        'No accepted message has this wamid or callbackData. To speak of one that was never ' +
          'accepted, give "wamid" and "to" (the customer), and "from" (our number).',
      );
    const number = readNumber(numbers, optionalText(object, 'from', 200));
    const stranger = { number, wamid, customer: readCustomer(to), status, error, at };
    return ok(await deliver({ ...stranger, callbackData: callbackData ?? null }));
  };

  return {
    mayPlay: () => plays.size < limits.playsMax,
    play,
    sendRead: (wamids) => {
      for (const accepted of wamids.flatMap((wamid) => outbox.findByWamid(wamid) ?? []))
        sendOrHold(receiptOf(accepted, step('read'), instant(nowMs())));
    },
    byHand,
    release,
    heldCount: () => held.length,
    close: async () => {
      closing.abort();
      await Promise.all(plays);
    },
  };
};
