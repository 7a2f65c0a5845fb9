import type { ConversationEvent } from '#conversations';
import { Cursors, type Config, type Log } from '#edge';
import {
  Decisions,
  History,
  LiveTail,
  Record,
  SystemChance,
  SystemTimer,
  aborted,
  decisionLimits,
  followerLimits,
  leading,
  tailLimits,
  type Clock,
  type Fingerprints,
  type Leading,
} from '#engine';
import { createEventLog, type EventLog } from '#event-store';
import type { MediaStore } from '#media';
import { Projector, type FollowerStore, type RebuildProgress, type ViewStore } from '#view-store';
import { catalogues, readModel, versionOf } from './composition.js';
import { failpointsOf, storesWith, type Failpoints } from './failpoints.js';
import { notesTo } from './notes.js';
import { cursorsPurpose, secretFor } from './secrets.js';
import { checkEnd } from './stores/log-end.js';
import { openStores } from './stores/open-stores.js';
import type { OpenedViews, Stores } from './stores/stores.js';

/** What every app stands on: the log, the engine and the views, opened and running. */
export type Platform = {
  readonly config: Config;
  readonly operatorLog: Log;
  readonly clock: Clock;
  readonly chance: SystemChance;
  readonly timer: SystemTimer;
  readonly log: EventLog;
  readonly decisions: Decisions;
  readonly record: Record;
  readonly history: History<ConversationEvent>;
  readonly tail: LiveTail<ConversationEvent>;
  readonly views: ViewStore;
  readonly followers: FollowerStore;
  /** Work that one process does at a time: it has the lease `name` while `run` runs. */
  readonly leading: (name: string, run: (signal: AbortSignal) => Promise<void>) => Leading;
  /** Who holds leases: unique among the processes that live at the same time. */
  readonly owner: string;
  readonly fingerprints: Fingerprints;
  readonly cursors: Cursors;
  /** None, but in a process that a test is about to kill. */
  readonly failpoints: Failpoints;
  /** The files of messages. */
  readonly media: MediaStore;
  /** A secret of this installation for one purpose. */
  readonly secretFor: (purpose: string) => string;
  /** Why nothing can be written, or null when it can. */
  readonly writeRefusal: Stores['writeRefusal'];
  /** Ends what runs and lets go of the files. */
  readonly close: () => Promise<void>;
};

/** What a process does besides answering: a gateway has subscribers, a worker projects. */
export type Duties = { readonly tails: boolean; readonly projects: boolean };

/** Of a process that is the whole engine. */
const everything: Duties = { tails: true, projects: true };

/** Those of this log: throws LogCorrupted where they have seen more than it has. */
const openViews = async (
  stores: Stores,
  log: EventLog,
  operatorLog: Log,
  onParked: () => void,
): Promise<OpenedViews> => {
  const onProgress = ({ events }: RebuildProgress): void =>
    operatorLog.info({ count: events }, 'rebuilding the views');
  const opened = await stores.openViews({ log, onParked, onProgress });
  try {
    await checkEnd(log, opened.views);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
};

/** Until the signal aborts; then the batch under way has been committed. */
const projected = async (projector: Projector, signal: AbortSignal): Promise<void> => {
  projector.start();
  await aborted(signal);
  await projector.stop();
};

/** Opens the platform. Rebuilds views that are missing or outdated before it resolves. */
export const openPlatform = async (
  config: Config,
  clock: Clock,
  operatorLog: Log,
  duties: Duties = everything,
): Promise<Platform> => {
  const isAlone = duties.tails && duties.projects;
  const opening = { config, clock: () => clock.now(), operatorLog, isAlone };
  const stores = await openStores(opening);
  // The start has checked the newest rows; the others are checked while it already serves.
  const checked = stores.checkAll();
  const failpoints = failpointsOf(config.failpoint);
  const failing = storesWith(failpoints);
  const { keys } = stores;
  const log = createEventLog({ store: failing.log(stores.events), keys, catalogues });
  const onParked = () => operatorLog.error({}, 'a view could not take a fact; it was parked');
  const onFault = (error: unknown) => operatorLog.error({ error }, 'the views stood still');
  const opened = await openViews(stores, log, operatorLog, onParked).catch(async (error) => {
    await stores.close();
    throw error;
  });
  const timer = new SystemTimer();
  const chance = new SystemChance();
  const limits = { ...decisionLimits, ...(stores.triesAgain ? { repeats: 0 } : {}) };
  const tail = new LiveTail<ConversationEvent>(log, timer, ['conversation-'], tailLimits);
  const views = failing.views(opened.views);
  const followers = failing.followers(opened.followers);
  const { owner } = stores;
  const notify = notesTo(operatorLog);
  const lead: Platform['leading'] = (name, run) =>
    leading(name, { store: followers, timer, chance, owner, notify, limits: followerLimits }, run);
  const projecting = lead('views', (signal) =>
    projected(new Projector({ log, views, readModel, onParked, onFault }), signal),
  );
  if (duties.tails) await tail.start();
  if (duties.projects) projecting.start();
  const secret = (purpose: string) => secretFor(config.keyEncryptionKey, purpose);
  return {
    config,
    operatorLog,
    clock,
    chance,
    timer,
    log,
    decisions: new Decisions({ log, clock, chance, timer, versionOf, limits }),
    record: new Record(log, clock),
    history: new History<ConversationEvent>(log),
    tail,
    views,
    followers,
    leading: lead,
    owner,
    fingerprints: {
      of: (organisation, purpose, value) => keys.fingerprint(organisation, purpose, value),
    },
    cursors: new Cursors(secret(cursorsPurpose), stores.epoch),
    failpoints,
    media: failing.media(stores.media),
    secretFor: secret,
    writeRefusal: stores.writeRefusal,
    close: async () => {
      await tail.stop();
      await projecting.stop();
      await opened.close();
      await stores.close();
      await checked;
    },
  };
};
