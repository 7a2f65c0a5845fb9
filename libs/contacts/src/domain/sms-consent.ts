import { epochMs, type Instant } from '#kernel';
import type { SmsConsentGiven, SmsConsentWithdrawn } from './events.js';

/** The newest word on whether SMS may go to a contact, and when it was said. */
export type SmsConsent = { readonly at: Instant } & (
  | { readonly given: true; readonly source: SmsConsentGiven['data']['source'] }
  | { readonly given: false; readonly source: SmsConsentWithdrawn['data']['source'] }
);

/** The customer said STOP, their provider told so, or the number is not theirs any more. `at` is when. */
export type WithdrawSmsConsent = {
  readonly type: 'WithdrawSmsConsent';
  readonly at: Instant;
  readonly source: SmsConsentWithdrawn['data']['source'];
};

/** The customer said START, or wrote from a new number. `at` is when. */
export type GiveSmsConsent = {
  readonly type: 'GiveSmsConsent';
  readonly at: Instant;
  readonly source: SmsConsentGiven['data']['source'];
};

/**
 * Words arrive in any order, and more than once; the newest counts, and of two at the same instant
 * the no. A second no is written down if it is newer: a yes that was said between the two and
 * arrives after them must not count.
 */
export const consentWithdrawn = (
  consent: SmsConsent | null,
  { at, source }: WithdrawSmsConsent,
): readonly SmsConsentWithdrawn[] => {
  const saidMs = epochMs(at);
  const knownMs = consent === null ? -Infinity : epochMs(consent.at);
  const isNews = consent?.given ? saidMs >= knownMs : saidMs > knownMs;
  return isNews ? [{ type: 'SmsConsentWithdrawn', at, data: { source } }] : [];
};

/**
 * START lifts an earlier withdrawal, whosever word that was; an SMS with other words only the one that
 * came with a new number. Without one there is nothing to lift.
 */
export const consentGiven = (
  consent: SmsConsent | null,
  { at, source }: GiveSmsConsent,
): readonly SmsConsentGiven[] => {
  if (consent === null || consent.given) return [];
  const mayLift = source === 'START' || consent.source === 'NUMBER_CHANGED';
  const lifts = mayLift && epochMs(at) > epochMs(consent.at);
  return lifts ? [{ type: 'SmsConsentGiven', at, data: { source } }] : [];
};

/** Whether SMS are held back for no other reason than that the number is new. */
export const isNumberUnasked = ({
  smsConsent,
}: {
  readonly smsConsent: SmsConsent | null;
}): boolean => smsConsent?.source === 'NUMBER_CHANGED';
