/** What a customer has said, and whether a webhook has said yes to it. */
export type Said = {
  readonly text: string;
  readonly isFile: boolean;
  acknowledged: boolean;
};

/** What a member wanted to send, under one idempotency key, and what was answered. */
export type Wanted = {
  readonly text: string;
  acknowledged: boolean;
  messageId: string | null;
  /** The code of the refusal that came with the message. */
  refusal: string | null;
};

/** One talk: what was asked on both sides, one thing after the other. */
export type Customer = {
  readonly phone: string;
  conversationId: string;
  readonly said: Said[];
  readonly wanted: Wanted[];
};

export const customer = (phone: string): Customer => ({
  phone,
  conversationId: '',
  said: [],
  wanted: [],
});

/** A promise was broken: what it says, and of whom. */
export class Broken extends Error {
  override readonly name = 'Broken';
}
