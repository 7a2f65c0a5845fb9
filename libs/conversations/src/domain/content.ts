import type { JsonObject, TemplateId } from '#kernel';
import type { InteractiveContent } from './interactive.js';

export type MediaKind = 'IMAGE' | 'VIDEO' | 'AUDIO' | 'DOCUMENT' | 'STICKER';

/** What a customer chose or filled in: a button, a row of a list, a form, a permission, a cart. */
export type ReplyKind =
  'BUTTON' | 'TEMPLATE_BUTTON' | 'LIST' | 'FLOW' | 'CALL_PERMISSION' | 'ORDER';

/** A card out of the customer's address book: what it says has been checked by nobody. */
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

/** What came with a message besides its content: forwarding, the ad, the product asked about. */
type WithExtras = { readonly extras: JsonObject };

export type TextContent = WithExtras & { readonly kind: 'text'; readonly text: string };

export type MediaContent = WithExtras & {
  readonly kind: 'media';
  readonly media: MediaKind;
  /** The provider's id, to download it by. Never shown. */
  readonly providerMediaId: string;
  /** With its parameters: `audio/ogg; codecs=opus`. */
  readonly mimeType: string | null;
  readonly sha256: string | null;
  readonly caption: string | null;
  readonly filename: string | null;
  /** Recorded in the chat, not sent as a file. */
  readonly isVoice: boolean;
  readonly isAnimated: boolean;
};

export type LocationContent = WithExtras & {
  readonly kind: 'location';
  /** Degrees, north and east positive. */
  readonly latitude: number;
  readonly longitude: number;
  readonly name: string | null;
  readonly address: string | null;
  readonly url: string | null;
};

export type ContactsContent = WithExtras & {
  readonly kind: 'contacts';
  readonly contacts: readonly SharedContact[];
};

export type ReplyContent = WithExtras & {
  readonly kind: 'reply';
  readonly reply: ReplyKind;
  /** Ours of what was chosen: a button's payload, a row's id, a flow's name, a catalogue's id. */
  readonly id: string | null;
  readonly title: string | null;
  readonly description: string | null;
  /** What was filled in or put into the cart, as the provider gave it. */
  readonly data: JsonObject | null;
};

/** A template with its blanks filled in: as it was sent, whatever becomes of the template. */
export type TemplateContent = WithExtras & {
  readonly kind: 'template';
  readonly templateId: TemplateId;
  readonly version: number;
  readonly name: string;
  readonly language: string;
  /** As the customer reads it. */
  readonly body: string;
  /** What stands in its blanks, in the order of the template. */
  readonly variables: readonly { readonly name: string; readonly value: string }[];
};

/** The provider tells of the customer: a changed number or id, the chat opened for the first time. */
export type SystemContent = WithExtras & {
  readonly kind: 'system';
  /** The provider's name for it, for example user_changed_number. */
  readonly change: string;
  readonly text: string | null;
  readonly waId: string | null;
  readonly userId: string | null;
};

/** What has no kind of its own, whole. */
export type UnsupportedContent = {
  readonly kind: 'unsupported';
  readonly type: string;
  readonly raw: JsonObject;
};

/** What a message says. */
export type MessageContent =
  | TextContent
  | MediaContent
  | LocationContent
  | ContactsContent
  | InteractiveContent
  | ReplyContent
  | TemplateContent
  | SystemContent
  | UnsupportedContent;

/** Meta's limit for a text body, in characters (facts of the Cloud API, read 2026-11-20). */
export const textLengthMax = 4_096;
