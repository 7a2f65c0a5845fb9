import { readCallbackData } from './callback-data.js';

/** Which attempt of which organisation a status callback is about. */
export type StatusPlace = {
  readonly organisation: string;
  /** Callback data: `1.<thread>.<message>.<attempt>`. */
  readonly attempt: string;
};

/** The query of the address that we give an SMS for its receipts, without a question mark. */
export const writeStatusQuery = ({ organisation, attempt }: StatusPlace): string =>
  `organisation=${organisation}&attempt=${attempt}`;

/** Null when it is not, to the letter, in our own form. Never throws. */
export const readStatusQuery = (query: string): StatusPlace | null => {
  const match = /^organisation=([a-z0-9]{1,64})&attempt=([a-z0-9.]+)$/.exec(query);
  const [, organisation = '', attempt = ''] = match ?? [];
  return readCallbackData(attempt) ? { organisation, attempt } : null;
};
