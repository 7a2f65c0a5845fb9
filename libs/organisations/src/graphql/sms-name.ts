import { transliterate } from '#channels/sms';

const smsNameLengthMax = 60;
const letterOrDigit = /[\p{L}\p{N}]/u;
/** Control characters, line breaks among them, and half of a surrogate pair. */
const unwritable = /[\p{Cc}\p{Cs}]/u;

const invalid = (message: string, limit: number | null, actual: number | null) => ({
  __typename: 'InvalidContentRefusal' as const,
  code: 'CONTENT_INVALID',
  message,
  field: 'smsName',
  limit,
  actual,
});

/** Why a business cannot be called so in SMS; null when it can. `name` is trimmed. */
export const wrongSmsName = (name: string) => {
  const length = Array.from(name).length;
  if (length > smsNameLengthMax) {
    const message = `The name has ${length} characters; at most ${smsNameLengthMax} are allowed.`;
    return invalid(message, smsNameLengthMax, length);
  }
  if (unwritable.test(name))
    return invalid('The name has characters that cannot be sent. Write it anew.', null, null);
  if (letterOrDigit.test(transliterate(name))) return null;
  const message = 'An SMS can write nothing of this name. Give it a letter from A to Z or a digit.';
  return invalid(message, null, null);
};
