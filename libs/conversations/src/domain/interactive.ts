import type { JsonObject } from '#kernel';

/** A button that sends its title back as the customer's answer. */
export type ReplyButton = { readonly id: string; readonly title: string };

export type ListRow = {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
};
export type ListSection = {
  /** Null is allowed for an only section. */
  readonly title: string | null;
  readonly rows: readonly ListRow[];
};

/** What the customer may do with it besides reading. */
export type InteractiveAction =
  | { readonly kind: 'buttons'; readonly buttons: readonly ReplyButton[] }
  /** `button` opens the list. */
  | { readonly kind: 'list'; readonly button: string; readonly sections: readonly ListSection[] }
  | { readonly kind: 'url'; readonly text: string; readonly url: string };

/** Words with something to press under them. */
export type InteractiveContent = {
  readonly kind: 'interactive';
  readonly header: string | null;
  readonly body: string;
  readonly footer: string | null;
  readonly action: InteractiveAction;
  readonly extras: JsonObject;
};

/**
 * Meta's limits, in characters (interactive messages, read 2026-11-20). Its pages disagree on the body
 * of a list: what holds for the others is safe for it.
 */
export const interactiveLimits = {
  body: 1_024,
  header: 60,
  footer: 60,
  buttons: 3,
  buttonTitle: 20,
  buttonId: 256,
  listButton: 20,
  sections: 10,
  sectionTitle: 24,
  rows: 10,
  rowTitle: 24,
  rowId: 200,
  rowDescription: 72,
  urlText: 20,
  /** Meta names none for messages; this is its limit for the address of a template's button. */
  url: 2_000,
} as const;
