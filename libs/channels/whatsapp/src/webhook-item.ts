import type { ProviderError } from '#channels/http';
import type { Instant, Json } from '#kernel';

/**
 * Whoever wrote, by the addresses that Meta gave: digits without a plus, a business-scoped user id
 * (since 2026 the only one for some customers), or both.
 */
export type Customer = {
  readonly waId?: string;
  readonly bsuid?: string;
  readonly profileName?: string;
};

export type InboundContent =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly forwarded: 'no' | 'once' | 'often';
      /** The advertisement that the customer came from. */
      readonly referral: Json;
      readonly referredProduct: Json;
    }
  /** Every other type, whole as Meta sent it. */
  | { readonly kind: 'unsupported'; readonly type: string; readonly raw: Json };

type Placed = {
  /** Stable for the same body; holds neither number nor provider id. */
  readonly item: string;
  /** What must stay in order: a business number and a customer, as a keyed hash. */
  readonly partition: string;
};

export type MessageItem = Placed & {
  readonly kind: 'message';
  readonly phoneNumberId: string;
  readonly customer: Customer;
  readonly providerMessageId: string;
  /** By Meta's clock, whole seconds. */
  readonly sentAt: Instant;
  readonly content: InboundContent;
  readonly quotedProviderMessageId?: string;
  /** Whether a message of this type opens the customer service window. */
  readonly opensWindow: boolean;
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

export type WebhookItem = MessageItem | StatusItem | UnreadableItem;
