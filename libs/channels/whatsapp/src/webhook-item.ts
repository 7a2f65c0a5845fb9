import type { ProviderError } from '#channels/http';
import type { Instant, Json, JsonObject } from '#kernel';

/**
 * Whoever wrote, by the addresses that Meta gave: digits without a plus, a business-scoped user id
 * (since 2026 the only one for some customers), or both.
 */
export type Customer = {
  readonly waId?: string;
  readonly bsuid?: string;
  readonly profileName?: string;
};

export type MediaKind = 'IMAGE' | 'VIDEO' | 'AUDIO' | 'DOCUMENT' | 'STICKER';

/** What a customer chose or filled in: a button, a row of a list, a form, a permission, a cart. */
export type ReplyKind =
  'BUTTON' | 'TEMPLATE_BUTTON' | 'LIST' | 'FLOW' | 'CALL_PERMISSION' | 'ORDER';

/** A card out of the customer's address book. Not the customer, and checked by nobody. */
export type SharedContact = {
  readonly name: string | null;
  readonly organisation: string | null;
  readonly phones: readonly {
    readonly number: string;
    readonly label: string | null;
    readonly waId: string | null;
  }[];
  readonly emails: readonly string[];
};

export type InboundContent =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'media';
      readonly media: MediaKind;
      /** Meta's id, to download it by. */
      readonly providerMediaId: string;
      /** As Meta gave it, with its parameters: `audio/ogg; codecs=opus`. */
      readonly mimeType: string | null;
      readonly sha256: string | null;
      readonly caption: string | null;
      readonly filename: string | null;
      /** Recorded in the chat, not sent as a file. */
      readonly isVoice: boolean;
      readonly isAnimated: boolean;
    }
  | {
      readonly kind: 'location';
      readonly latitude: number;
      readonly longitude: number;
      readonly name: string | null;
      readonly address: string | null;
      readonly url: string | null;
    }
  | { readonly kind: 'contacts'; readonly contacts: readonly SharedContact[] }
  | {
      readonly kind: 'reply';
      readonly reply: ReplyKind;
      /** Ours of what was chosen: a button's payload, a row's id, a flow's name, a catalogue's id. */
      readonly id: string | null;
      readonly title: string | null;
      readonly description: string | null;
      /** What was filled in or put into the cart, as Meta gave it. */
      readonly data: JsonObject | null;
    }
  /** WhatsApp tells of the customer: a changed number or id, the chat opened for the first time. */
  | {
      readonly kind: 'system';
      readonly change: string;
      readonly text: string | null;
      readonly waId: string | null;
      readonly userId: string | null;
    }
  /** What has no kind of its own, or not the parts that its type should have: whole, as Meta sent it. */
  | { readonly kind: 'unsupported'; readonly type: string; readonly raw: Json };

/** What came with a message besides its content. */
export type Surroundings = {
  readonly forwarded: 'no' | 'once' | 'often';
  /** The advertisement or post that the customer came from. */
  readonly referral: Json;
  readonly referredProduct: Json;
};

type Placed = {
  /** Stable for the same body; holds neither number nor provider id. */
  readonly item: string;
  /** What must stay in order: a business number and a customer, as a keyed hash. */
  readonly partition: string;
};

/** Something that happened between a business number and a customer, once for each `providerMessageId`. */
type Told = Placed & {
  readonly phoneNumberId: string;
  readonly customer: Customer;
  readonly providerMessageId: string;
  /** By Meta's clock, whole seconds. */
  readonly sentAt: Instant;
};

/** The customer wrote, or Meta tells of them. */
export type MessageItem = Told & {
  readonly kind: 'message';
  readonly content: InboundContent;
  /** The addresses that take the place of the customer's: a changed number, a changed user id. */
  readonly becomes?: Customer;
  readonly surroundings: Surroundings;
  readonly quotedProviderMessageId?: string;
  /** Whether a message of this type opens the customer service window. */
  readonly opensWindow: boolean;
};

/** The customer reacted to a message of either side, or took the reaction back (`emoji` null). */
export type ReactionItem = Told & {
  readonly kind: 'reaction';
  readonly targetProviderMessageId: string;
  readonly emoji: string | null;
};

/** The customer changed the words of an earlier message. */
export type EditItem = Told & {
  readonly kind: 'edit';
  readonly targetProviderMessageId: string;
  readonly content: InboundContent;
};

/** The customer took an earlier message back. */
export type RevokeItem = Told & {
  readonly kind: 'revoke';
  readonly targetProviderMessageId: string;
};

/** The customer called the business, or took a call of the business. */
export type CallItem = Told & { readonly kind: 'call'; readonly how: 'called' | 'answered' };

/** Somebody of the business wrote to the customer, from the WhatsApp Business app. */
export type EchoItem = Told & {
  readonly kind: 'echo';
  readonly content: InboundContent;
  readonly surroundings: Surroundings;
  readonly quotedProviderMessageId?: string;
};

export type ReceiptStatus = 'sent' | 'delivered' | 'read' | 'failed';

export type StatusItem = Placed & {
  readonly kind: 'status';
  readonly phoneNumberId: string;
  readonly customer?: Customer;
  readonly providerMessageId: string;
  readonly status: ReceiptStatus;
  readonly at: Instant;
  /** `biz_opaque_callback_data` as it was sent, whatever it is. */
  readonly callbackData?: string;
  readonly error?: ProviderError;
  readonly pricing?: Json;
};

/** Meta tells, besides any message, that a customer has another user id from now on. */
export type UserIdItem = Placed & {
  readonly kind: 'user-id';
  readonly phoneNumberId: string;
  readonly customer: Customer;
  readonly becomes: Customer;
  readonly sentAt: Instant;
};

/** Neither a message nor a status to us: to be parked and shown, with its neighbours unharmed. */
export type UnreadableItem = Placed & {
  readonly kind: 'unreadable';
  /**
   * Where it stands in the body: `entry[0].changes[1].value.statuses[2]`; empty for the whole body.
   */
  readonly path: string;
  /** For people; names fields, never values of a person. */
  readonly reason: string;
  readonly raw: Json;
};

/** Something that Meta documents and nobody here needs yet: about the account, a number, a template. */
export type NoticeItem = Placed & {
  readonly kind: 'notice';
  /** Meta's name for it: `account_update`, `messages.errors`. One of a fixed list. */
  readonly name: string;
};

/** What belongs to the thread of one business number and one customer. */
export type ThreadItem =
  | MessageItem
  | ReactionItem
  | EditItem
  | RevokeItem
  | CallItem
  | EchoItem
  | StatusItem
  | UserIdItem;

export type WebhookItem = ThreadItem | NoticeItem | UnreadableItem;
