import { isErased, type Instant, type Personal } from '#kernel';
import { canonicalJson } from '#view-store';
import type { MessageContent } from '../domain/content.js';
import type { Delivery } from '../domain/delivery.js';
import type { Failure } from '../domain/failure.js';

// What a message's row keeps as JSON, written and read in one place: the types of what is read back
// are those of what was written.

export const deliveryCell = (delivery: Delivery): string => canonicalJson(delivery);

export const deliveryOf = (cell: string): Delivery => JSON.parse(cell) as Delivery;

/** `null` is kept of a content whose subject has been erased. */
export const contentCell = (content: Personal<MessageContent>): string =>
  isErased(content) ? 'null' : canonicalJson(content);

export const contentOf = (cell: string): MessageContent | null =>
  JSON.parse(cell) as MessageContent | null;

/** What is shown in the place of words that are gone: erased with their subject, or taken back. */
export const goneText = (row: { readonly revoked_at: number | null }): string =>
  row.revoked_at === null ? '[erased]' : '[taken back]';

/** What the customer thinks of a message; `emoji` is null once they have taken it back. */
export type Reaction = { readonly emoji: string | null; readonly at: Instant };

export const reactionCell = (reaction: Reaction): string => canonicalJson(reaction);

export const reactionOf = (cell: string): Reaction => JSON.parse(cell) as Reaction;

/** What became of a message's file; what is still awaited has none. */
export type MessageFile =
  | {
      readonly state: 'STORED';
      readonly mediaKey: string;
      /** The contact whose key seals the file. */
      readonly subject: string;
      readonly mimeType: string;
      /** Bytes. */
      readonly size: number;
    }
  | { readonly state: 'REFUSED'; readonly failure: Failure };

export const fileCell = (file: MessageFile): string => canonicalJson(file);

export const fileOf = (cell: string): MessageFile => JSON.parse(cell) as MessageFile;

/** New words with what came with the old ones: where they were from, what they were about. */
export const withExtrasOf = (
  content: Personal<MessageContent>,
  before: MessageContent | null,
): Personal<MessageContent> => {
  if (isErased(content) || content.kind === 'unsupported') return content;
  if (before === null || before.kind === 'unsupported') return content;
  return { ...content, extras: before.extras };
};
