import { lookup } from 'node:dns';
import { createGraphClient, createMediaClient } from '#channels/whatsapp';
import {
  PaceOfNumbers,
  callTimeoutMs,
  mediaFetcher,
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
  /** Hosts that files may be fetched from: names, or `*.example.com` for whatever is under it. */
  readonly mediaHosts: readonly string[];
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
  const { decisions, timer, clock, chance, media: store } = platform;
  const graph = {
    ...access,
    connectTimeoutMs,
    answerTimeoutMs: callTimeoutMs,
    connectionsMax,
    monotonicMs: () => timer.monotonicMs(),
  };
  const { around } = platform.failpoints;
  const sender = around(createGraphClient(graph), 'send', () => 'whatsapp.call');
  const client = createMediaClient({ ...graph, hosts: access.mediaHosts, lookup });
  const media = around(client, 'download', () => 'media.fetch');
  const pace = new PaceOfNumbers(timer);
  const tools = { decisions, clock, timer, chance };
  const ports = { ...tools, sender, addressees, templates, pace, bridgeTerms };
  return {
    followers: [
      follower(whatsAppInbox(platform.secretFor('whatsapp inbox partitions'))),
      follower(whatsAppDispatcher(ports)),
      follower(readMarkDispatcher(ports)),
      follower(mediaFetcher({ decisions, media, store, clock, timer, chance })),
    ],
    close: () => {
      sender.close();
      media.close();
    },
  };
};
