import { createGraphClient } from '#channels/whatsapp';
import {
  PaceOfNumbers,
  callTimeoutMs,
  readMarkDispatcher,
  whatsAppDispatcher,
  whatsAppInbox,
  type Addressees,
  type BridgeTermsSource,
  type WaitingTemplates,
} from '#conversations';
import { follower, type RunFollower } from '#engine';
import type { Platform } from '#platform';
import { connectTimeoutMs, connectionsMax } from './connections.js';

export type WhatsAppAccess = {
  readonly graphUrl: string;
  readonly version: string;
  readonly accessToken: string;
};

export type WhatsAppEnd = {
  readonly addressees: Addressees;
  readonly templates: WaitingTemplates;
  readonly access: WhatsAppAccess;
};

export type Followers = {
  readonly followers: readonly RunFollower[];
  /** Closes the connections that are kept open. */
  readonly close: () => void;
};

/** What reads WhatsApp's deliveries, and what calls it. */
export const whatsAppFollowers = (
  platform: Platform,
  { addressees, templates, access }: WhatsAppEnd,
  bridgeTerms: BridgeTermsSource,
): Followers => {
  const { decisions, timer, clock, chance } = platform;
  const sender = createGraphClient({
    ...access,
    connectTimeoutMs,
    answerTimeoutMs: callTimeoutMs,
    connectionsMax,
    monotonicMs: () => timer.monotonicMs(),
  });
  const pace = new PaceOfNumbers(timer);
  const tools = { decisions, clock, timer, chance };
  const ports = { ...tools, sender, addressees, templates, pace, bridgeTerms };
  return {
    followers: [
      follower(whatsAppInbox(platform.secretFor('whatsapp inbox partitions'))),
      follower(whatsAppDispatcher(ports)),
      follower(readMarkDispatcher(ports)),
    ],
    close: () => sender.close(),
  };
};
