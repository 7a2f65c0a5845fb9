import type { Flag, Verb } from './verb.js';

const follower: Flag = { type: 'string', value: 'NAME', means: 'of this follower alone' };
const json: Flag = { type: 'boolean', means: 'print JSON, for programs' };

/** Everything that `casement` can do. */
export const verbs: readonly Verb[] = [
  {
    name: 'doctor',
    summary: 'examine configuration, stores, keys, log and views; also beside a running engine',
    flags: { json },
    load: async () => (await import('./doctor.js')).doctor,
  },
  {
    name: 'rebuild',
    summary: 'build the views anew from the log, and swap them in, also while they are served',
    flags: {
      check: { type: 'boolean', means: 'only compare with the views as they are; swap nothing' },
    },
    load: async () => (await import('./rebuild.js')).rebuildViews,
  },
  {
    name: 'parked list',
    summary: 'list what could not be handled, and why; also beside a running engine',
    flags: {
      follower,
      behind: { type: 'boolean', means: 'also those that only wait behind another' },
      skipped: { type: 'boolean', means: 'those that were skipped, by whom and when' },
      json,
      limit: { type: 'string', value: 'N', means: 'at most so many (100)' },
    },
    load: async () => (await import('./parked-list.js')).parkedList,
  },
  {
    name: 'parked retry',
    summary: 'have the engine work parked items again, each with what waits behind it, in order',
    takes: 'ID',
    flags: { follower, all: { type: 'boolean', means: 'everything that is parked' } },
    load: async () => (await import('./parked-asking.js')).parkedRetry,
  },
  {
    name: 'parked skip',
    summary: 'have the engine leave an item for good, and go on with what waits behind it',
    takes: 'ID',
    flags: {},
    load: async () => (await import('./parked-asking.js')).parkedSkip,
  },
  {
    name: 'replay webhooks',
    summary: 'have the engine read raw deliveries of the last seven days again; adds nothing twice',
    flags: {
      source: {
        type: 'string',
        value: 'NAME',
        means: 'whatsapp, sms, smsstatus or smslist alone',
      },
      since: { type: 'string', value: 'INSTANT', means: 'received then or later' },
      until: { type: 'string', value: 'INSTANT', means: 'received before' },
      'dry-run': { type: 'boolean', means: 'only say what each would be; no engine is needed' },
    },
    load: async () => (await import('./replay-webhooks.js')).replayWebhooks,
  },
  {
    name: 'events',
    summary: 'print the log, an event a line as JSON; also beside a running engine',
    flags: {
      stream: { type: 'string', value: 'NAME', means: 'of this stream' },
      type: { type: 'string', value: 'NAME', means: 'of this type' },
      conversation: { type: 'string', value: 'ID', means: 'of this conversation and its thread' },
      organisation: { type: 'string', value: 'ID', means: 'of this organisation' },
      since: { type: 'string', value: 'INSTANT', means: 'recorded then or later' },
      until: { type: 'string', value: 'INSTANT', means: 'recorded before' },
      after: {
        type: 'string',
        value: 'PLACE',
        means: 'behind this position, or cursor with its --organisation',
      },
      follow: { type: 'boolean', means: 'go on as events come, until interrupted' },
      limit: { type: 'string', value: 'N', means: 'at most so many' },
      personal: { type: 'boolean', means: 'sealed fields in clear; mind who reads them' },
    },
    load: async () => (await import('./events.js')).events,
  },
];

/** Flags that every verb takes. */
export const commonFlags: { readonly [name: string]: Flag } = {
  'data-dir': {
    type: 'string',
    value: 'DIRECTORY',
    means: 'the data directory (CASEMENT_DATA_DIR, else data)',
  },
  help: { type: 'boolean', means: 'show this' },
};
