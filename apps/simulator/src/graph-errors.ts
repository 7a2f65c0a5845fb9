import type { Json } from '#kernel';
import type { Reply } from './answers.js';
import type { SpokenError } from './moods.js';

/** A refusal in the shape of the Graph API. */
export const graphError = (status: number, error: SpokenError): Reply => ({
  status,
  body: {
    error: {
      message: `(#${error.code}) ${error.message}`,
      type: 'OAuthException',
      code: error.code,
      error_data: { messaging_product: 'whatsapp', details: error.details },
      fbtrace_id: 'Simulated0000000000000',
    },
  },
});

const spoken = (code: number, title: string, details: string): SpokenError => ({
  code,
  title,
  message: title,
  details,
});

/** The errors that the double speaks by itself, in Meta's words. */
export const spokenErrors = {
  token: spoken(190, 'Invalid OAuth access token', 'Cannot parse access token'),
  rateLimited: spoken(130429, 'Rate limit hit', 'Cloud API message throughput has been reached.'),
  sameNumber: spoken(131021, 'Recipient cannot be sender', 'Sender and recipient are the same.'),
  windowExpired: spoken(
    131047,
    'Re-engagement message',
    'Message failed to send because more than 24 hours have passed since the customer last ' +
      'replied to this number.',
  ),
  templateTooLong: spoken(
    132005,
    'Template hydrated text too long',
    'The text of the template with its parameters is too long.',
  ),
  templateUnknown: (name: string, language: string): SpokenError =>
    spoken(
      132001,
      'Template name does not exist in the translation',
      `template name (${name}) does not exist in ${language}`,
    ),
  templateCount: (given: number, expected: number): SpokenError =>
    spoken(
      132000,
      'Number of parameters does not match the expected number of params',
      `body: number of localizable_params (${given}) does not match the expected number of ` +
        `params (${expected})`,
    ),
  templateFormat: (details: string): SpokenError =>
    spoken(132012, 'Parameter format does not match format in the created template', details),
  parameter: (details: string): SpokenError => spoken(100, 'Invalid parameter', details),
  missing: (details: string): SpokenError =>
    spoken(131008, 'Required parameter is missing', details),
  value: (details: string): SpokenError => spoken(131009, 'Parameter value is not valid', details),
} as const;

/** As it stands in a status webhook. */
export const statusError = (error: SpokenError): Json => ({
  code: error.code,
  title: error.title,
  message: error.message,
  error_data: { details: error.details },
  href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
});
