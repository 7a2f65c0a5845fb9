import type { NumberId } from '#kernel';
import type { Organisation } from './organisation.js';

/**
 * The SMS number (E.164) that speaks for a business number: its own, else the first that the
 * organisation connected, else null. Which thread an answer belongs to, the contact's route says.
 */
export const smsNumberFor = ({ smsNumbers }: Organisation, number: NumberId): string | null =>
  smsNumbers.get(number) ?? smsNumbers.first() ?? null;

/** What the business is called in SMS; empty when there is no such business. */
export const businessNameForSms = ({ smsName, name }: Organisation): string =>
  smsName ?? name ?? '';
