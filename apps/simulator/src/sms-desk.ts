import { createDeliveries } from './deliveries.js';
import type { MoodOf } from './moods.js';
import type { SimulatedSms } from './options.js';
import type { Outbox } from './outbox.js';
import type { SmsInboundOptions } from './sms-inbound.js';
import type { SmsLog } from './sms-log.js';
import { createSmsReceipts, type SmsReceipts } from './sms-receipts.js';
import { createTwilio, type Twilio } from './twilio.js';
import { postAsTwilio } from './twilio-webhook.js';

/** Twilio's parts on the table. */
export type SmsDesk = {
  readonly twilio: Twilio;
  readonly inbound: SmsInboundOptions;
  readonly receipts: SmsReceipts;
  readonly close: () => Promise<void>;
};

export type SmsDeskOptions = MoodOf & {
  readonly sms: SimulatedSms;
  readonly log: SmsLog;
  readonly outbox: Outbox;
  readonly isDropping: SmsInboundOptions['isDropping'];
  readonly phoneWrote: SmsInboundOptions['phoneWrote'];
  readonly nowMs: () => number;
  readonly save: () => Promise<void>;
  readonly changed: () => void;
};

/** Twilio logs what a webhook does not take, and does nothing more. */
const ATTEMPTS_MAX = 1;

export const setSmsDesk = (options: SmsDeskOptions): SmsDesk => {
  const { accountSid, authToken } = options.sms;
  const deliveries = createDeliveries({
    post: postAsTwilio(authToken),
    attemptsMax: ATTEMPTS_MAX,
  });
  const receipts = createSmsReceipts({ ...options, accountSid, deliveries });
  return {
    twilio: createTwilio({ ...options, receipts }),
    inbound: { ...options, deliveries },
    receipts,
    close: async () => {
      await receipts.close();
      await deliveries.close();
    },
  };
};
