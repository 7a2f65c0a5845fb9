import { hostname } from 'node:os';
import type { CommandBus } from '@nestjs/cqrs';
import { createGraphClient } from '#channels/whatsapp';
import {
  PaceOfNumbers,
  dispatchDeadlines,
  readMarkDispatcher,
  whatsAppDispatcher,
  whatsAppInbox,
  windowExpiry,
  type Addressees,
} from '#conversations';
import { FollowerRuntime, follower, followerLimits, type FollowerNote } from '#engine';
import type { Platform } from '#platform';
import { executeOn } from './execute.js';

export type WhatsAppAccess = {
  readonly graphUrl: string;
  readonly version: string;
  readonly accessToken: string;
};

export type Worker = {
  readonly runtime: FollowerRuntime;
  readonly close: () => Promise<void>;
};

/** The followers of the log over a platform; does not run yet. */
export const createWorker = (
  platform: Platform,
  commands: CommandBus,
  addressees: Addressees,
  whatsApp: WhatsAppAccess,
): Worker => {
  const { decisions, timer, clock, chance } = platform;
  const sender = createGraphClient(whatsApp);
  const pace = new PaceOfNumbers(timer);
  const ports = { decisions, sender, addressees, pace, clock, timer, chance };
  const runtime = new FollowerRuntime(
    {
      log: platform.log,
      store: platform.followers,
      clock,
      timer,
      chance,
      execute: executeOn(commands),
      notify: (note) => tell(platform, note),
      owner: `${hostname()}-${process.pid}-${chance.id()}`,
      limits: followerLimits,
    },
    [
      follower(whatsAppInbox(platform.secretFor('whatsapp inbox partitions'))),
      follower(whatsAppDispatcher(ports)),
      follower(readMarkDispatcher(ports)),
      follower(windowExpiry),
      follower(dispatchDeadlines),
    ],
  );
  return { runtime, close: () => runtime.stop() };
};

const tell = ({ operatorLog }: Platform, note: FollowerNote): void => {
  if (note.kind === 'parked') {
    const { follower: name, reason } = note.item;
    operatorLog.warn({ follower: name, reason }, 'an item was parked');
    return;
  }
  const error = 'error' in note ? { error: note.error } : {};
  operatorLog.warn({ follower: note.follower, ...error }, note.kind);
};
