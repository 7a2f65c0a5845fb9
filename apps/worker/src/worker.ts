import type { CommandBus } from '@nestjs/cqrs';
import {
  bridgeDeadlines,
  dispatchDeadlines,
  mediaRetries,
  portalVisits,
  smsLookups,
  windowExpiry,
  type BridgeTermsSource,
} from '#conversations';
import type { Metrics } from '#edge';
import { FollowerRuntime, follower, followerLimits } from '#engine';
import { notesTo, placeOfCommand, type Platform } from '#platform';
import { executeOn } from './execute.js';
import { countNotices, measureFollowers } from './measures.js';
import { smsFollowers, type SmsEnd } from './sms-followers.js';
import { whatsAppFollowers, type WhatsAppEnd } from './whatsapp-followers.js';

/** Where messages leave, and what they need from the business libs on their way. */
export type WaysOut = {
  readonly whatsApp: WhatsAppEnd;
  /** Null: there is no SMS provider. */
  readonly sms: SmsEnd | null;
  readonly bridgeTerms: BridgeTermsSource;
};

export type Worker = {
  readonly runtime: FollowerRuntime;
  /** Begins to follow the log, and to look for what the SMS provider could not deliver. */
  readonly start: () => void;
  readonly close: () => Promise<void>;
};

/**
 * The followers of the log over a platform; does not run yet.
 */
export const createWorker = (
  platform: Platform,
  commands: CommandBus,
  { whatsApp, sms, bridgeTerms }: WaysOut,
  metrics: Metrics,
): Worker => {
  const { timer, clock, chance } = platform;
  const byWhatsApp = whatsAppFollowers(platform, whatsApp, bridgeTerms);
  const bySms = sms && smsFollowers(platform, sms, bridgeTerms);
  const polling = bySms && platform.leading('sms-poller', (signal) => bySms.poller.run(signal));
  const executing = { execute: executeOn(commands, countNotices(metrics)) };
  const { execute } = platform.failpoints.around(executing, 'execute', (_, { actor }) =>
    placeOfCommand(actor.id),
  );
  const runtime = new FollowerRuntime(
    {
      log: platform.log,
      store: platform.followers,
      clock,
      timer,
      chance,
      execute,
      notify: notesTo(platform.operatorLog),
      owner: platform.owner,
      limits: { ...followerLimits, parts: platform.config.partitions },
    },
    [
      ...byWhatsApp.followers,
      ...(bySms?.followers ?? []),
      follower(portalVisits),
      follower(windowExpiry),
      follower(dispatchDeadlines),
      follower(mediaRetries),
      follower(bridgeDeadlines),
      follower(smsLookups),
    ],
  );
  measureFollowers(metrics, runtime);
  return {
    runtime,
    start: () => {
      runtime.start();
      polling?.start();
    },
    close: async () => {
      await polling?.stop();
      await runtime.stop();
      byWhatsApp.close();
      bySms?.close();
    },
  };
};
