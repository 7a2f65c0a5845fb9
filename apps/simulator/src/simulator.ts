import type { FastifyInstance } from 'fastify';
import { createClockDesk, type ClockDesk } from './clock-desk.js';
import { createDeliveries } from './deliveries.js';
import { createGraph, type Graph } from './graph.js';
import type { InboundOptions } from './inbound.js';
import { normalMood, type Mood } from './moods.js';
import type { SimulatorOptions } from './options.js';
import { createOutbox, type Outbox } from './outbox.js';
import { createPhones, type Phones } from './phones.js';
import { createReceipts, type Receipts } from './receipts.js';
import { registerRoutes } from './routes.js';
import { createStateWriter, readStateFile } from './state-file.js';
import { createWatchers, type Watchers } from './watchers.js';

/** The parts on the table, for the routes. */
export type Desk = {
  readonly options: SimulatorOptions;
  readonly clock: ClockDesk;
  readonly graph: Graph;
  readonly inbound: InboundOptions;
  readonly mood: () => Mood;
  readonly setMood: (mood: Mood) => void;
  readonly outbox: Outbox;
  readonly phones: Phones;
  readonly receipts: Receipts;
  readonly watchers: Watchers;
  readonly webhookUrl: () => string;
};

export type Simulator = {
  /** Serves everything under /simulator, and closes with the server. */
  readonly register: (fastify: FastifyInstance) => Promise<void>;
  /** Ends receipts and deliveries under way and keeps the state. Harmless when repeated. */
  readonly close: () => Promise<void>;
};

const urlOf = (webhookUrl: SimulatorOptions['webhookUrl']): (() => string) =>
  typeof webhookUrl === 'string' ? () => webhookUrl : webhookUrl;

/**
 * Meta on localhost, with the customers' phones and a clock that can be moved. Reads the state file
 * and puts the clock where an earlier run left it; throws when the file cannot be read.
 */
export const createSimulator = (options: SimulatorOptions): Simulator => {
  const kept = readStateFile(options.stateFile);
  const phones = createPhones(options.numbers, kept.phones);
  const outbox = createOutbox();
  const watchers = createWatchers();
  const { changed } = watchers;
  const webhookUrl = urlOf(options.webhookUrl);
  const deliveries = createDeliveries({ webhookUrl, appSecret: options.appSecret });
  const state = createStateWriter(options.stateFile, () => ({
    clock: clock.kept(),
    phones: phones.kept(),
  }));
  const { save } = state;
  const clock: ClockDesk = createClockDesk(
    { clock: options.clock, onClockMoved: options.onClockMoved, save, changed },
    kept.clock,
  );
  const { nowMs } = clock;
  let current = normalMood;
  const mood = (): Mood => current;
  const setMood = (next: Mood): void => {
    current = next;
    changed();
  };
  const { numbers, accessToken } = options;
  const receipts = createReceipts({
    numbers,
    deliveries,
    outbox,
    mood,
    nowMs,
    readNow: ({ phoneNumberId, to }) => phones.read(phoneNumberId, to),
    changed,
  });
  const graph = createGraph({
    numbers,
    accessToken,
    outbox,
    phones,
    receipts,
    mood,
    setMood,
    nowMs,
    changed,
  });
  const inbound = { numbers, phones, deliveries, nowMs, save, changed };
  const close = async (): Promise<void> => {
    watchers.close();
    await receipts.close();
    await deliveries.close();
    await save();
  };
  const desk: Desk = {
    options,
    clock,
    graph,
    inbound,
    mood,
    setMood,
    outbox,
    phones,
    receipts,
    watchers,
    webhookUrl,
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
