import {
  epochMs,
  instant,
  isJsonObject,
  parseInstant,
  type Instant,
  type Json,
  type JsonObject,
} from '#kernel';
import { BadRequest } from './answers.js';

/**
 * Reading requests: each function throws a BadRequest that names the field and what it should be.
 */
export const isJson = (value: unknown): value is Json =>
  value === null || ['string', 'number', 'boolean', 'object'].includes(typeof value);

export const field = (object: Json | undefined, name: string): Json | undefined =>
  isJsonObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;

export const readObject = (body: Json | undefined): JsonObject => {
  if (!isJsonObject(body)) throw new BadRequest('The body must be a JSON object.');
  return body;
};

export const knowsOnly = (object: JsonObject, names: readonly string[]): void => {
  const unknown = Object.keys(object).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new BadRequest(`Unknown field "${unknown}". Known are ${names.join(', ')}.`);
};

export const optionalText = (
  object: JsonObject,
  name: string,
  charactersMax: number,
): string | undefined => {
  const value = field(object, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value.length === 0 || value.length > charactersMax)
    throw new BadRequest(`"${name}" must be a text of 1 to ${charactersMax} characters.`);
  return value;
};

const SECONDS_MAX = 253_402_300_799;

/** An ISO-8601 instant or unix seconds. */
export const optionalInstant = (object: JsonObject, name: string): Instant | undefined => {
  const value = field(object, name);
  if (value === undefined || value === null) return undefined;
  const isDigits = typeof value === 'string' && /^\d+$/.test(value);
  const seconds = typeof value === 'number' || isDigits ? Number(value) : NaN;
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= SECONDS_MAX)
    return instant(seconds * 1000);
  const read = typeof value === 'string' ? parseInstant(value) : null;
  if (read === null)
    throw new BadRequest(
      `"${name}" must be an instant such as 2026-11-20T14:00:00Z, or seconds since 1970.`,
    );
  return read;
};

export const wholeSeconds = (at: Instant): number => Math.floor(epochMs(at) / 1000);
