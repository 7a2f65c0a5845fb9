import { instant, type Instant, type Json } from '#kernel';
import { BadRequest, notFound, ok, type Reply } from './answers.js';
import type { Deliveries } from './deliveries.js';
import { limits } from './limits.js';
import { readSpokenError, type Mood } from './moods.js';
import type { Outbox } from './outbox.js';
import { createPlays } from './plays.js';
import { field, knowsOnly, optionalText, readObject } from './reading.js';
import type { Sms, SmsLog } from './sms-log.js';
import type { TwilioPost } from './twilio-webhook.js';

/** Twilio's status callbacks, as the mood says. */
export type SmsReceipts = {
  readonly mayPlay: () => boolean;
  readonly play: (sms: Sms) => void;
  /** One by hand: `{sid, status, error?}`. */
  readonly byHand: (body: Json | undefined) => Promise<Reply>;
  readonly release: () => number;
  readonly heldCount: () => number;
  readonly close: () => Promise<void>;
};

export type SmsReceiptOptions = {
  readonly accountSid: string;
  readonly deliveries: Deliveries<TwilioPost>;
  readonly log: SmsLog;
  readonly outbox: Outbox;
  readonly mood: () => Mood;
  readonly nowMs: () => number;
  readonly save: () => Promise<void>;
  readonly changed: () => void;
};

type Step = { readonly status: string; readonly errorCode: number | null };
type Receipt = Step & { readonly sms: Sms; readonly at: Instant };

const step = (status: string, errorCode: number | null = null): Step => ({ status, errorCode });

const stepsOf = ({ failLater }: Mood): readonly Step[] =>
  failLater === null
    ? [step('sent'), step('delivered')]
    : [step('sent'), step('undelivered', failLater.code)];

/** How far a status is: one that comes out of order does not take back another. */
const RANKS: readonly string[] = ['queued', 'sent', 'delivered', 'undelivered', 'failed'];

const fieldsOf = (
  accountSid: string,
  { sms, status, errorCode }: Receipt,
): TwilioPost['fields'] => ({
  MessageSid: sms.sid,
  MessageStatus: status,
  SmsSid: sms.sid,
  SmsStatus: status,
  AccountSid: accountSid,
  From: sms.from,
  To: sms.to,
  ApiVersion: '2010-04-01',
  ...(errorCode === null ? {} : { ErrorCode: String(errorCode) }),
});

export const createSmsReceipts = (options: SmsReceiptOptions): SmsReceipts => {
  const { accountSid, log, outbox, mood, nowMs, changed } = options;

  const deliver = async (receipt: Receipt): Promise<Json> => {
    const { sms, status, at, errorCode } = receipt;
    const url = sms.statusCallback;
    const post = url === null ? null : { url, fields: fieldsOf(accountSid, receipt) };
    const delivery = post === null ? null : options.deliveries.send(sms.to, post);
    const first = delivery === null ? null : await delivery.first;
    const delivered = first?.delivered === true;
    outbox.receiptSent(sms.sid, { status, at, errorCode, delivered });
    changed();
    return { delivered, httpStatus: first?.httpStatus ?? null };
  };
  const plays = createPlays({ mood, deliver, changed });
  const receiptOf = (sms: Sms, { status, errorCode }: Step): Receipt => {
    const before = log.find(sms.sid)?.status ?? '';
    if (RANKS.indexOf(status) > RANKS.indexOf(before)) log.change(sms.sid, status, errorCode);
    // Held or lost, the callback says what the list says: both come from Twilio's own record.
    void options.save();
    return { sms, status, errorCode, at: instant(nowMs()) };
  };

  return {
    mayPlay: plays.mayPlay,
    play: (sms) => plays.play(stepsOf(mood()).map((each) => () => receiptOf(sms, each))),
    byHand: async (body) => {
      const object = readObject(body);
      knowsOnly(object, ['sid', 'status', 'error']);
      const sms = log.find(optionalText(object, 'sid', limits.nameCharactersMax) ?? '');
      const status = optionalText(object, 'status', limits.nameCharactersMax);
      if (status === undefined) throw new BadRequest('"status" is missing, such as delivered.');
      if (sms === undefined) return notFound('Twilio’s double has no message with this sid.');
      const said = field(object, 'error') ?? null;
      const errorCode = said === null ? null : readSpokenError('error', said).code;
      return ok(await deliver(receiptOf(sms, { status, errorCode })));
    },
    release: plays.release,
    heldCount: plays.heldCount,
    close: plays.close,
  };
};
