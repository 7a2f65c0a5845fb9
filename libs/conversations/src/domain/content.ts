import type { JsonObject } from '#kernel';

/** What a message says. `unsupported` keeps whole what we cannot show yet. */
export type MessageContent =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** What came with the words and is not shown yet: forwarding, the ad, the product asked about. */
      readonly extras: JsonObject;
    }
  | { readonly kind: 'unsupported'; readonly type: string; readonly raw: JsonObject };

/** Meta's limit for a text body, in characters (facts of the Cloud API, read 2026-11-20). */
export const textLengthMax = 4_096;
