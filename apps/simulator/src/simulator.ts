import type { FastifyInstance } from 'fastify';
import { createClockDesk, type ClockDesk } from './clock-desk.js';
import { createDeliveries, type Deliveries } from './deliveries.js';
import type { Desk } from './desk.js';
import { createGraph } from './graph.js';
import { normalMood, type Mood } from './moods.js';
import type { SimulatorOptions } from './options.js';
import { createOutbox } from './outbox.js';
import { createPhones, type Phones } from './phones.js';
import { createReceipts } from './receipts.js';
import { registerRoutes } from './routes.js';
import { createStateWriter, readStateFile } from './state-file.js';
import { createWatchers, type Watchers } from './watchers.js';

export type Simulator = {
  /** Serves everything under /simulator, and closes with the server. */
  readonly register: (fastify: FastifyInstance) => Promise<void>;
  /** Ends receipts and deliveries under way and keeps the state. Harmless when repeated. */
  readonly close: () => Promise<void>;
};

const urlOf = (webhookUrl: SimulatorOptions['webhookUrl']): (() => string) =>
  typeof webhookUrl === 'string' ? () => webhookUrl : webhookUrl;

/** What a restart must not forget: the clock, and who wrote when. */
type Memory = {
  readonly clock: ClockDesk;
  readonly phones: Phones;
  readonly save: () => Promise<void>;
};

const remember = (options: SimulatorOptions, changed: () => void): Memory => {
  const kept = readStateFile(options.stateFile);
  const phones = createPhones(options.numbers, kept.phones);
  const { save } = createStateWriter(options.stateFile, () => ({
    clock: clock.kept(),
    phones: phones.kept(),
  }));
  const clock: ClockDesk = createClockDesk(
    { clock: options.clock, onClockMoved: options.onClockMoved, save, changed },
    kept.clock,
  );
  return { clock, phones, save };
};

const setTable = (
  options: SimulatorOptions,
  { clock, phones, save }: Memory,
  watchers: Watchers,
  deliveries: Deliveries,
): Desk => {
  const { changed } = watchers;
  const outbox = createOutbox();
  let current = normalMood;
  const mood = (): Mood => current;
  const setMood = (next: Mood): void => {
    current = next;
    changed();
  };
  const shared = { numbers: options.numbers, outbox, phones, mood, nowMs: clock.nowMs, changed };
  const receipts = createReceipts({
    ...shared,
    deliveries,
    readNow: ({ phoneNumberId, to }) => phones.read(phoneNumberId, to),
  });
  return {
    options,
    clock,
    graph: createGraph({ ...shared, accessToken: options.accessToken, receipts, setMood }),
    inbound: { ...shared, deliveries, save },
    mood,
    setMood,
    outbox,
    phones,
    receipts,
    watchers,
    webhookUrl: urlOf(options.webhookUrl),
  };
};

/**
 * Meta on localhost, with the customers' phones and a clock that can be moved. Reads the state file
 * and puts the clock where an earlier run left it; throws when the file cannot be read.
 */
export const createSimulator = (options: SimulatorOptions): Simulator => {
  const watchers = createWatchers();
  const memory = remember(options, watchers.changed);
  const webhookUrl = urlOf(options.webhookUrl);
  const deliveries = createDeliveries({ webhookUrl, appSecret: options.appSecret });
  const desk = setTable(options, memory, watchers, deliveries);
  const close = async (): Promise<void> => {
    watchers.close();
    await desk.receipts.close();
    await deliveries.close();
    await memory.save();
  };
  return {
    register: async (fastify) => {
      await fastify.register(async (scope) => registerRoutes(scope, desk), {
        prefix: '/simulator',
      });
      // Before the server waits for its connections: an event stream would never end by itself.
      fastify.addHook('preClose', async () => watchers.close());
      fastify.addHook('onClose', close);
    },
    close,
  };
};
