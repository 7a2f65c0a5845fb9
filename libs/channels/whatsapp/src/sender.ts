import type { CallTerms, NotDone } from '#channels/http';

/** Whom a message goes to: E.164 with its plus, or a business-scoped user id. */
export type Recipient =
  | { readonly kind: 'phone'; readonly phone: string }
  | { readonly kind: 'bsuid'; readonly bsuid: string };

type OutboundButton = { readonly id: string; readonly title: string };

/** What the customer may do with an interactive message. */
export type OutboundAction =
  | { readonly kind: 'buttons'; readonly buttons: readonly OutboundButton[] }
  | {
      readonly kind: 'list';
      /** Opens the list. */
      readonly button: string;
      readonly sections: readonly {
        readonly title: string | null;
        readonly rows: readonly {
          readonly id: string;
          readonly title: string;
          readonly description: string | null;
        }[];
      }[];
    }
  | { readonly kind: 'url'; readonly text: string; readonly url: string };

/** What can be sent. */
export type OutboundContent =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'location';
      readonly latitude: number;
      readonly longitude: number;
      readonly name: string | null;
      readonly address: string | null;
    }
  | {
      readonly kind: 'interactive';
      readonly header: string | null;
      readonly body: string;
      readonly footer: string | null;
      readonly action: OutboundAction;
    }
  /** An approved template. Its variables are those of its body, by name. */
  | {
      readonly kind: 'template';
      readonly name: string;
      readonly language: string;
      readonly variables: readonly { readonly name: string; readonly value: string }[];
    };

export type SendRequest = {
  /** Which of our numbers speaks. */
  readonly phoneNumberId: string;
  readonly to: Recipient;
  readonly content: OutboundContent;
  /** The message that is quoted, by its provider id. */
  readonly quotedProviderMessageId?: string;
  /** Echoed in every status of this message: how an unknown outcome is settled later. */
  readonly callbackData: string;
};

/** A mark on a message of the customer's. */
export type MarkRequest = {
  readonly phoneNumberId: string;
  readonly providerMessageId: string;
};

/**
 * What became of a send. An unknown outcome must never be repeated without asking: WhatsApp has no
 * idempotency key.
 */
export type SendOutcome =
  | {
      readonly kind: 'accepted';
      readonly providerMessageId: string;
      readonly waId: string | null;
      readonly bsuid: string | null;
    }
  | NotDone;

/** Marks may be repeated freely, so that an unknown outcome is an ordinary failure. */
export type MarkOutcome = NotDone | { readonly kind: 'done' };

/** WhatsApp's outgoing side. Never throws: whatever happens is an outcome. */
export interface WhatsAppSender {
  send(request: SendRequest, terms: CallTerms): Promise<SendOutcome>;
  /** Also marks every earlier message of the customer as read. */
  markRead(request: MarkRequest, terms: CallTerms): Promise<MarkOutcome>;
  /** Shows "typing" for at most 25 seconds. Marks as read, too: Meta knows no other way. */
  typing(request: MarkRequest, terms: CallTerms): Promise<MarkOutcome>;
}
