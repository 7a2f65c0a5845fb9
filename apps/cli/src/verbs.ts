import type { Flag, Verb } from './verb.js';

const json: Flag = { type: 'boolean', means: 'print JSON, for programs' };

/** Everything that `casement` can do. */
export const verbs: readonly Verb[] = [
  {
    name: 'doctor',
    summary: 'examine configuration, files, keys, log and views; also beside a running engine',
    flags: { json },
    load: async () => (await import('./doctor.js')).doctor,
  },
  {
    name: 'rebuild',
    summary: 'build the views anew from the log, and swap them in unless an engine is running',
    flags: {
      check: { type: 'boolean', means: 'only compare with the views as they are; swap nothing' },
    },
    load: async () => (await import('./rebuild.js')).rebuildViews,
  },
  {
    name: 'parked list',
    summary: 'list what could not be handled, and why; also beside a running engine',
    flags: {
      follower: { type: 'string', value: 'NAME', means: 'of this follower alone' },
      json,
      limit: { type: 'string', value: 'N', means: 'at most so many (100)' },
    },
    load: async () => (await import('./parked-list.js')).parkedList,
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
