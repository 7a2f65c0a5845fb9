import {
  PaceOfNumbers,
  bridgeDeadlines,
  dispatchDeadlines,
  portalVisits,
  readMarkDispatcher,
  smsDispatcher,
  smsInbox,
  smsLookupDispatcher,
  smsLookups,
  whatsAppDispatcher,
  whatsAppInbox,
  windowExpiry,
} from '#conversations';
import {
  Decisions,
  FollowerRuntime,
  Record,
  decisionLimits,
  follower,
  followerLimits,
  type Decides,
  type FollowerNote,
} from '#engine';
import { createEventLog } from '#event-store';
import { catalogues, readModel, versionOf } from '#platform';
import { Projector } from '#view-store';
import { SmsListMemory, WebhookInbox } from '#webhooks';
import { executeOn } from '../../apps/worker/src/execute.js';
import { createSmsPoller } from '../../apps/worker/src/sms-poller.js';
import { commandsOver } from './commands.js';
import type { Durable } from './durable.js';
import type { Life } from './machine/life.js';
import type { Machine } from './machine/machine.js';
import { chanceOf, type Random } from './machine/random.js';
import { followersOf } from './ports/followers.js';
import { logOf, seldomAway } from './ports/log.js';
import { clockOf, timerOf } from './ports/time.js';
import { viewsOf } from './ports/views.js';
import type { Providers } from './providers/providers.js';

/**
 * Checkpoints are saved and leases renewed less often than in production, so that more is done again
 * after a crash and fewer steps are spent on it; no operator asks for anything.
 */
const limits = { ...followerLimits, checkpointMs: 500, leaseMs: 60_000, requestsMs: 3_600_000 };

export type EngineParts = {
  readonly machine: Machine;
  readonly life: Life;
  readonly random: Random;
  readonly durable: Durable;
  readonly providers: Providers;
  /** Who holds the leases. */
  readonly owner: string;
  /** Whether this process keeps the views; one of all does. */
  readonly projects: boolean;
  /** What decides: the engine's own, unless a spec has broken it. */
  readonly deciding: (decisions: Decides) => Decides;
  /** Told what an operator would read. */
  readonly onFault: (what: string) => void;
};

/** Casement as it runs in one process, without HTTP and GraphQL: doors, deciders, followers, views. */
export const startEngine = (parts: EngineParts) => {
  const { machine, life, random, providers, durable } = parts;
  const clock = clockOf(machine, life);
  const timer = timerOf(machine, life);
  const chance = chanceOf(random);
  const { keys } = durable;
  const store = logOf(machine, life, durable.store, seldomAway);
  const log = createEventLog({ store, keys, catalogues });
  const deciding = { log, clock, chance, timer, versionOf, limits: decisionLimits };
  const decisions = parts.deciding(new Decisions(deciding));
  const fingerprints = { of: keys.fingerprint.bind(keys) };
  const commands = commandsOver({ decisions, fingerprints, clock, chance });
  const { addressees, addressBook, bridgeTerms, templates, trail } = commands;
  const record = new Record(log, clock);
  const inbox = new WebhookInbox(record, clock, chance);
  const calling = { decisions, clock, timer, chance, bridgeTerms };
  const whatsApp = providers.whatsApp.reachedBy(life);
  const byWhatsApp = { ...calling, addressees, templates, sender: whatsApp };
  const bySms = { ...calling, addressees: addressBook, sender: providers.twilio.reachedBy(life) };
  const followers = followersOf(machine, life, durable.followers);
  const runtime = new FollowerRuntime(
    {
      log,
      store: followers,
      clock,
      timer,
      chance,
      execute: executeOn(commands.bus, () => undefined),
      notify: (note) => tell(note, parts),
      owner: parts.owner,
      limits,
    },
    [
      follower(whatsAppInbox('partitions')),
      follower(whatsAppDispatcher({ ...byWhatsApp, pace: new PaceOfNumbers(timer) })),
      follower(readMarkDispatcher(byWhatsApp)),
      follower(smsInbox('partitions')),
      follower(smsDispatcher({ ...bySms, traces: trail })),
      follower(smsLookupDispatcher({ ...bySms, wallMs: () => machine.epochMs })),
      follower(portalVisits),
      follower(windowExpiry),
      follower(dispatchDeadlines),
      follower(bridgeDeadlines),
      follower(smsLookups),
    ],
  );
  const poller = createSmsPoller({
    sender: bySms.sender,
    inbox,
    memory: new SmsListMemory(record, clock, chance),
    clock,
    timer,
    log: { warn: () => undefined },
  });
  const projector = parts.projects ? projectorOf(parts) : null;
  runtime.start();
  const polling = new AbortController();
  const polled = poller.run(polling.signal);
  projector?.start();
  const stop = async (): Promise<void> => {
    polling.abort();
    await polled;
    await runtime.stop();
    await projector?.stop();
    life.end('stopped');
  };
  return { life, inbox, commands, clock, stop };
};

export type Engine = ReturnType<typeof startEngine>;

/** Faults of the log are left out here: the projector waits for it in real time. */
const projectorOf = (parts: EngineParts): Projector => {
  const { machine, life, durable, onFault } = parts;
  const store = logOf(machine, life, durable.store, 0);
  const log = createEventLog({ store, keys: durable.keys, catalogues });
  const views = viewsOf(life, durable.views);
  const fault = (what: string) => (error: unknown) => onFault(`${what}: ${String(error)}`);
  const onParked = () => onFault('a row was parked');
  return new Projector({ log, views, readModel, onParked, onFault: fault('the views') });
};

const tell = (note: FollowerNote, { machine, life }: EngineParts): void => {
  if (note.kind === 'parked') machine.note(life.name, `PARKED ${note.item.reason}`);
  else if ('error' in note) machine.note(life.name, `${note.kind}: ${String(note.error)}`);
  else machine.note(life.name, note.kind);
};
