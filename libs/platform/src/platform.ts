import { join } from 'node:path';
import type { ConversationEvent } from '#conversations';
import { Cursors, type Config, type Log } from '#edge';
import {
  Decisions,
  History,
  LiveTail,
  Record,
  SystemChance,
  SystemTimer,
  decisionLimits,
  tailLimits,
  type Clock,
  type Fingerprints,
} from '#engine';
import { createEventLog, openEmbedded, type EventLog } from '#event-store';
import { openEmbeddedMedia, type MediaStore } from '#media';
import {
  Projector,
  openEmbeddedViews,
  type EmbeddedViews,
  type FollowerStore,
  type RebuildProgress,
  type ViewStore,
} from '#view-store';
import { catalogues, readModel, versionOf } from './composition.js';
import { failpointsOf, storesWith, type Failpoints } from './failpoints.js';
import { checkEnd } from './log-end.js';
import { cursorsPurpose, secretFor } from './secrets.js';
import { watchWrites } from './watch-writes.js';

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
  readonly projector: Projector;
  readonly fingerprints: Fingerprints;
  readonly cursors: Cursors;
  /** None, but in a process that a test is about to kill. */
  readonly failpoints: Failpoints;
  /** The files of messages. */
  readonly media: MediaStore;
  /** A secret of this installation for one purpose. */
  readonly secretFor: (purpose: string) => string;
  /** Why nothing can be written, or null when it can. */
  readonly writeRefusal: () => string | null;
  /** Ends what runs and lets go of the files. */
  readonly close: () => Promise<void>;
};

/** Those of this log: throws LogCorrupted where they have seen more than it has. */
const openViews = async (
  { dataDirectory }: Config,
  log: EventLog,
  operatorLog: Log,
  onParked: () => void,
): Promise<EmbeddedViews> => {
  const onProgress = ({ events }: RebuildProgress): void =>
    operatorLog.info({ count: events }, 'rebuilding the views');
  const rebuildFrom = { log, onParked, onProgress };
  const opened = await openEmbeddedViews({ directory: dataDirectory, readModel, rebuildFrom });
  try {
    await checkEnd(log, opened.views);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
};

/** Opens the platform. Rebuilds views that are missing or outdated before it resolves. */
export const openPlatform = async (
  config: Config,
  clock: Clock,
  operatorLog: Log,
): Promise<Platform> => {
  const embedded = await openEmbedded({
    directory: config.dataDirectory,
    keyEncryptionKey: config.keyEncryptionKey,
    clock: () => clock.now(),
  });
  const watched = watchWrites(embedded.store);
  // The start has checked the newest rows; the others are checked while it already serves.
  const checked = watched.checkAll();
  const failpoints = failpointsOf(config.failpoint);
  const stores = storesWith(failpoints);
  const log = createEventLog({ store: stores.log(watched.store), keys: embedded.keys, catalogues });
  const onParked = () => operatorLog.error({}, 'a view could not take a fact; it was parked');
  const onFault = (error: unknown) => operatorLog.error({ error }, 'the views stood still');
  const opened = await openViews(config, log, operatorLog, onParked).catch(async (error) => {
    await embedded.close();
    throw error;
  });
  const media = await openEmbeddedMedia({
    directory: join(config.dataDirectory, 'media'),
    keys: embedded.keys,
  });
  const timer = new SystemTimer();
  const chance = new SystemChance();
  const tail = new LiveTail<ConversationEvent>(log, timer, ['conversation-'], tailLimits);
  const views = stores.views(opened.views);
  const projector = new Projector({ log, views, readModel, onParked, onFault });
  await tail.start();
  projector.start();
  const secret = (purpose: string) => secretFor(config.keyEncryptionKey, purpose);
  return {
    config,
    operatorLog,
    clock,
    chance,
    timer,
    log,
    decisions: new Decisions({ log, clock, chance, timer, versionOf, limits: decisionLimits }),
    record: new Record(log, clock),
    history: new History<ConversationEvent>(log),
    tail,
    views,
    followers: stores.followers(opened.followers),
    projector,
    fingerprints: {
      of: (organisation, purpose, value) => embedded.keys.fingerprint(organisation, purpose, value),
    },
    cursors: new Cursors(secret(cursorsPurpose), embedded.epoch),
    failpoints,
    media: stores.media(media),
    secretFor: secret,
    writeRefusal: watched.writeRefusal,
    close: async () => {
      await tail.stop();
      await projector.stop();
      await opened.close();
      await embedded.close();
      await checked;
    },
  };
};
