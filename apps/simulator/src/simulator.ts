import type { FastifyInstance } from 'fastify';
import type { Json } from '#kernel';
import { createClockDesk, type ClockDesk } from './clock-desk.js';
import { createDeliveries, type Deliveries } from './deliveries.js';
import type { Desk } from './desk.js';
import { createGraph } from './graph.js';
import { limits } from './limits.js';
import { createMediaDouble } from './media-double.js';
import { postAsMeta } from './meta-webhook.js';
import { normalMoods, type MoodOf, type Moods } from './moods.js';
import type { SimulatorOptions } from './options.js';
import { createOutbox } from './outbox.js';
import { createPhones, type Phones } from './phones.js';
import { createReceipts } from './receipts.js';
import { registerRoutes } from './routes.js';
import { setSmsDesk, type SmsDesk } from './sms-desk.js';
import { createSmsLog, type SmsLog } from './sms-log.js';
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

/** What a restart must not forget: the clock, who wrote when, and what Twilio has. */
type Memory = {
  readonly clock: ClockDesk;
  readonly phones: Phones;
  readonly smsLog: SmsLog;
  readonly save: () => Promise<void>;
};

const remember = (options: SimulatorOptions, changed: () => void): Memory => {
  const kept = readStateFile(options.stateFile);
  const phones = createPhones(options.numbers, kept.phones);
  const smsLog = createSmsLog(kept.sms);
  const { save } = createStateWriter(options.stateFile, () => ({
    clock: clock.kept(),
    phones: phones.kept(),
    sms: smsLog.kept(),
  }));
  const clock: ClockDesk = createClockDesk(
    { clock: options.clock, onClockMoved: options.onClockMoved, save, changed },
    kept.clock,
  );
  return { clock, phones, smsLog, save };
};

/** The moods, and each provider's own as its double reads and spends it. */
const createMoods = (changed: () => void) => {
  let current = normalMoods;
  const set = (next: Moods): void => {
    current = next;
    changed();
  };
  const of = (provider: keyof Moods): MoodOf => ({
    mood: () => current[provider],
    spend: (spent) => set({ ...current, [provider]: { ...current[provider], ...spent } }),
  });
  return { get: (): Moods => current, set, of };
};

/** A phone that texts one of our numbers is one of its organisation's phones. */
const rememberPhone =
  ({ sms, numbers }: SimulatorOptions, phones: Phones) =>
  (customer: string, smsNumber: string): void => {
    const texted = sms?.numbers.find(({ number }) => number === smsNumber);
    const found = numbers.find((each) => each.organisationName === texted?.organisationName);
    if (found !== undefined) phones.name(found.phoneNumberId, customer, null);
  };

const setTable = (
  options: SimulatorOptions,
  { clock, phones, smsLog, save }: Memory,
  watchers: Watchers,
  deliveries: Deliveries<Json>,
): Desk => {
  const { changed } = watchers;
  const outbox = createOutbox();
  const moods = createMoods(changed);
  const { nowMs } = clock;
  const meta = {
    ...moods.of('whatsapp'),
    numbers: options.numbers,
    templates: options.templates,
    outbox,
    phones,
    nowMs,
    changed,
  };
  const media = createMediaDouble({
    mood: () => moods.get().whatsapp,
    accessToken: options.accessToken,
  });
  const receipts = createReceipts({
    ...meta,
    deliveries,
    readNow: ({ phoneNumberId, to }) => phones.read(phoneNumberId, to),
  });
  const twilio = {
    ...moods.of('twilio'),
    isDropping: () => moods.get().twilio.dropInbound,
    phoneWrote: rememberPhone(options, phones),
    log: smsLog,
    outbox,
    nowMs,
    save,
    changed,
  };
  const sms: SmsDesk | null =
    options.sms === null ? null : setSmsDesk({ ...twilio, sms: options.sms });
  return {
    options,
    clock,
    graph: createGraph({ ...meta, accessToken: options.accessToken, receipts }),
    inbound: { ...meta, deliveries, media, save },
    media,
    moods: moods.get,
    setMoods: moods.set,
    outbox,
    phones,
    receipts,
    sms,
    watchers,
    webhookUrl: urlOf(options.webhookUrl),
  };
};

/**
 * Meta and Twilio on localhost, with the customers' phones and a clock that can be moved. Reads the
 * state file and puts the clock where an earlier run left it; throws when it cannot be read.
 */
export const createSimulator = (options: SimulatorOptions): Simulator => {
  const watchers = createWatchers();
  const memory = remember(options, watchers.changed);
  const webhookUrl = urlOf(options.webhookUrl);
  const deliveries = createDeliveries({
    post: postAsMeta(webhookUrl, options.appSecret),
    attemptsMax: limits.deliveryAttemptsMax,
  });
  const desk = setTable(options, memory, watchers, deliveries);
  const close = async (): Promise<void> => {
    watchers.close();
    await desk.receipts.close();
    await desk.sms?.close();
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
