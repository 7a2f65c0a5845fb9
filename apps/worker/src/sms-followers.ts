import { createTwilioClient } from '#channels/sms';
import {
  callTimeoutMs,
  smsDispatcher,
  smsInbox,
  smsLookupDispatcher,
  type BridgeTermsSource,
  type SmsAddressBook,
  type SmsTrail,
} from '#conversations';
import { follower } from '#engine';
import type { Platform } from '#platform';
import { SmsListMemory, type WebhookInbox } from '#webhooks';
import { connectTimeoutMs, connectionsMax } from './connections.js';
import { createSmsPoller, type SmsPoller } from './sms-poller.js';
import type { Followers } from './whatsapp-followers.js';

export type SmsAccess = {
  readonly apiUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
};

export type SmsEnd = {
  readonly addressBook: SmsAddressBook;
  readonly trail: SmsTrail;
  readonly inbox: WebhookInbox;
  readonly access: SmsAccess;
};

/** What reads what Twilio tells, and what calls it. */
export const smsFollowers = (
  platform: Platform,
  { addressBook, trail, inbox, access }: SmsEnd,
  bridgeTerms: BridgeTermsSource,
): Followers & { readonly poller: SmsPoller } => {
  const { decisions, timer, clock, chance, record, operatorLog: log } = platform;
  const client = createTwilioClient({
    ...access,
    connectTimeoutMs,
    answerTimeoutMs: callTimeoutMs,
    connectionsMax,
    monotonicMs: () => timer.monotonicMs(),
  });
  const sender = platform.failpoints.around(client, 'send', () => 'sms.call');
  const ports = { decisions, sender, clock, timer, chance, bridgeTerms, addressees: addressBook };
  return {
    followers: [
      follower(smsInbox(platform.secretFor('sms inbox partitions'))),
      follower(smsDispatcher({ ...ports, traces: trail })),
      follower(smsLookupDispatcher({ ...ports, wallMs: Date.now })),
    ],
    poller: createSmsPoller({
      sender,
      inbox,
      memory: new SmsListMemory(record, clock, chance),
      // Twilio's list goes by the wall's time, whatever the domain's clock was moved to.
      clock: { now: Date.now },
      timer,
      log,
    }),
    close: () => sender.close(),
  };
};
