import type { ContentFault } from '../domain/content-fault.js';
import type { ContentNeedsWhatsApp } from '../domain/decisions/decision.js';

type Measured = { readonly limit: number | null; readonly actual: number | null };

/** Something in the input cannot be sent as it is. */
export const invalidContent = (
  field: string,
  message: string,
  { limit, actual }: Measured = { limit: null, actual: null },
) => ({
  __typename: 'InvalidContentRefusal' as const,
  code: 'CONTENT_INVALID',
  message,
  field,
  limit,
  actual,
});

export const emptyContent = (field: string) =>
  invalidContent(field, 'Write something: an empty message cannot be sent.');

export const unknownQuote = invalidContent(
  'quotedMessageId',
  'The quoted message is not in this conversation. Quote one that is, or none.',
);

export const tooLongContent = (
  field: string,
  { limit, actual }: Measured,
  channel: 'WhatsApp' | 'an SMS',
) => ({
  ...invalidContent(
    field,
    `The message has ${actual} characters; ${channel} takes at most ${limit}.`,
    { limit, actual },
  ),
  code: 'CONTENT_TOO_LARGE',
});

const channels = { SMS: 'by SMS', PORTAL: 'on their page in the browser' } as const;

/** The customer is where only words arrive. */
export const needsWhatsApp = ({ content, channel }: ContentNeedsWhatsApp['details']) =>
  invalidContent(
    content,
    `This answer goes ${channels[channel]}, which takes words only. Write it as text.`,
  );

/** Our words for what WhatsApp would not take. */
export const faultyContent = (fault: ContentFault) => {
  const { field, limit, actual } = fault;
  if (field === 'text' && fault.fault === 'empty') return emptyContent(field);
  if (field === 'text' && fault.fault === 'too_long')
    return tooLongContent(field, { limit, actual }, 'WhatsApp');
  return invalidContent(field, wordsOf(fault), { limit, actual });
};

const wordsOf = ({ field, fault, limit, actual }: ContentFault): string => {
  switch (fault) {
    case 'empty':
      return `Fill in ${field}: WhatsApp wants something there.`;
    case 'unwritable':
      return 'The message has characters that cannot be sent. Write it anew.';
    case 'too_long':
      return `${field} has ${actual} characters; WhatsApp takes at most ${limit}.`;
    case 'too_many':
      return `${field} has ${actual}; WhatsApp takes at most ${limit}.`;
    case 'repeated':
      return `Two of ${field} are the same. Give each an id and a title of its own.`;
    case 'no_web_address':
      return `${field} is no address of a web page. Begin it with https://.`;
    case 'out_of_range':
      return `${field} is beyond ${limit} degrees.`;
  }
};
