import { isErased, type Personal } from '#kernel';
import { canonicalJson } from '#view-store';
import type { MessageContent } from '../domain/content.js';
import type { Delivery } from '../domain/delivery.js';

// What a message's row keeps as JSON, written and read in one place: the types of what is read back
// are those of what was written.

export const deliveryCell = (delivery: Delivery): string => canonicalJson(delivery);

export const deliveryOf = (cell: string): Delivery => JSON.parse(cell) as Delivery;

/** `null` is kept of a content whose subject has been erased. */
export const contentCell = (content: Personal<MessageContent>): string =>
  isErased(content) ? 'null' : canonicalJson(content);

export const contentOf = (cell: string): MessageContent | null =>
  JSON.parse(cell) as MessageContent | null;
