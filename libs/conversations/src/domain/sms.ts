import { ownFailure, type Failure } from './failure.js';

/** What other streams said of reaching the contact by SMS when the command was made. */
export type SmsReach = {
  readonly hasPhone: boolean;
  readonly hasConsent: boolean;
  readonly hasNumber: boolean;
};

/** Why nothing can be sent to this contact by SMS. */
export type SmsObstacle = 'no_phone' | 'sms_opted_out' | 'no_sms_number';

/** The first thing that stands in the way of an SMS; null when nothing does. */
export const smsObstacle = (reach: SmsReach): SmsObstacle | null => {
  if (!reach.hasPhone) return 'no_phone';
  if (!reach.hasConsent) return 'sms_opted_out';
  return reach.hasNumber ? null : 'no_sms_number';
};

/** Each obstacle in words for people: what it is, and where it can be mended. */
export const smsObstacleSentences: { readonly [Obstacle in SmsObstacle]: string } = {
  no_phone: 'There is no phone number on file for this customer that an SMS can reach.',
  sms_opted_out: 'The customer has opted out of SMS. Only they can opt in again, by texting START.',
  no_sms_number: 'The organisation has no SMS number. Connect one to text customers.',
};

export const smsFailure = (obstacle: SmsObstacle): Failure =>
  ownFailure(obstacle, smsObstacleSentences[obstacle]);

/** What a refusal of the provider's teaches of the contact, beyond this one SMS. */
export type SmsLesson = 'no_consent' | 'unusable_phone';

const lessons: { readonly [reason: string]: SmsLesson } = {
  opted_out: 'no_consent',
  message_blocked: 'no_consent',
  invalid_phone_number: 'unusable_phone',
};

/** By the reason of the error's class; null when it is this SMS's alone. */
export const smsLesson = (reason: string): SmsLesson | null => lessons[reason] ?? null;

/** Twilio's limit for one message, in UTF-16 units (Messages resource, read 2026-11-20). */
export const smsTextLengthMax = 1_600;
