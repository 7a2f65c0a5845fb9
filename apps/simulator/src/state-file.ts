import { readFileSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '#kernel';
import { readKeptSms } from './kept-sms.js';
import { field, isJson } from './reading.js';
import type { KeptSms } from './sms-log.js';

/** The clock as it is kept: against the wall while it runs, or the instant at which it stands. */
export type KeptClock = { readonly offsetMs: number; readonly frozenAtMs: number | null };

export type KeptPhone = {
  readonly phoneNumberId: string;
  readonly customer: string;
  readonly name: string | null;
  /** The customer's newest message, by its own timestamp; null before the first. */
  readonly lastMessageAtMs: number | null;
};

export type KeptState = {
  readonly clock: KeptClock | null;
  readonly phones: readonly KeptPhone[];
  readonly sms: KeptSms;
};

const NOTHING: KeptState = { clock: null, phones: [], sms: readKeptSms(undefined) };

const isWhole = (value: Json | undefined): value is number => Number.isSafeInteger(value);

const readClock = (value: Json | undefined): KeptClock | null => {
  const offsetMs = field(value, 'offsetMs');
  const frozenAtMs = field(value, 'frozenAtMs');
  if (!isWhole(offsetMs)) return null;
  return { offsetMs, frozenAtMs: isWhole(frozenAtMs) ? frozenAtMs : null };
};

const readPhone = (value: Json): readonly KeptPhone[] => {
  const phoneNumberId = field(value, 'phoneNumberId');
  const customer = field(value, 'customer');
  const name = field(value, 'name');
  const at = field(value, 'lastMessageAtMs');
  if (typeof phoneNumberId !== 'string' || typeof customer !== 'string') return [];
  return [
    {
      phoneNumberId,
      customer,
      name: typeof name === 'string' ? name : null,
      lastMessageAtMs: isWhole(at) ? at : null,
    },
  ];
};

const readState = (value: JsonObject): KeptState => {
  const phones = field(value, 'phones');
  return {
    clock: readClock(field(value, 'clock')),
    phones: Array.isArray(phones) ? phones.flatMap(readPhone) : [],
    sms: readKeptSms(field(value, 'sms')),
  };
};

/**
 * What an earlier run kept; nothing when there was none. A file that cannot be read is an error: to
 * begin anew would silently set the clock back.
 */
export const readStateFile = (path: string): KeptState => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (field(errorFields(error), 'code') === 'ENOENT') return NOTHING;
    throw error;
  }
  const parsed: unknown = JSON.parse(text);
  if (!isJson(parsed) || !isJsonObject(parsed))
    throw new Error(`${path} is not the simulator's state file`);
  return readState(parsed);
};

const errorFields = (error: unknown): Json =>
  typeof error === 'object' && error !== null && 'code' in error
    ? { code: String(error.code) }
    : {};

const replaceFile = async (path: string, text: string): Promise<void> => {
  const beside = `${path}.new`;
  await mkdir(dirname(path), { recursive: true });
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
};

export type StateWriter = {
  /** Resolves once a state at least as new as the one at the time of the call is on disk. */
  readonly save: () => Promise<void>;
};

/** Writes `state()` whole, one write at a time; calls meanwhile share the next one. */
export const createStateWriter = (path: string, state: () => KeptState): StateWriter => {
  let under: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const write = (): Promise<void> => {
    next = null;
    under = replaceFile(path, JSON.stringify(state())).finally(() => {
      under = null;
    });
    return under;
  };
  return {
    save: () => {
      if (next !== null) return next;
      if (under === null) return write();
      next = under.then(write, write);
      return next;
    },
  };
};

/**
 * The clock as an earlier run left it, or null when there was none. Make the clock with it, before
 * the engine starts: one that stood still may stand in the past of the wall, where no move leads.
 */
export const keptClock = (stateFile: string): KeptClock | null => readStateFile(stateFile).clock;
