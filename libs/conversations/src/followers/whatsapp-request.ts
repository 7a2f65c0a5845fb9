import { isErased, type ContactId, type NumberId, type OrganisationId } from '#kernel';
import type { OutboundContent, Recipient, SendRequest } from '#channels/whatsapp';
import { writeCallbackData } from '../domain/callback-data.js';
import type { MessageContent } from '../domain/content.js';
import type { DispatchStarted } from '../domain/events.js';
import type { Failure } from '../domain/failure.js';
import type { Thread } from '../domain/thread.js';

/** Where a message goes and where it comes from: facts of other streams, asked when it leaves. */
export interface Addressees {
  /** Null when the contact has no WhatsApp address any more. */
  recipient(organisation: OrganisationId, contact: ContactId): Promise<Recipient | null>;
  /** Meta's id of the business number; null when it is no longer the organisation's. */
  phoneNumberId(organisation: OrganisationId, number: NumberId): Promise<string | null>;
  fingerprint(organisation: OrganisationId, providerMessageId: string): Promise<string>;
}

export type RequestOrNot =
  | { readonly kind: 'request'; readonly request: SendRequest }
  | { readonly kind: 'impossible'; readonly failure: Failure };

/** The call that sends a message, or why there is none to make. */
export const whatsAppRequest = async (
  addressees: Addressees,
  organisation: OrganisationId,
  thread: Thread,
  { conversationId, messageId, attempt }: DispatchStarted['data'],
): Promise<RequestOrNot> => {
  const message = thread.outbound.get(messageId);
  const words = message?.content;
  const content = words && !isErased(words) ? outboundContent(words) : null;
  if (!message || !content)
    return impossible('content_missing', 'The words of this message are no longer there.');
  const { contactId, numberId } = thread;
  const to = contactId && (await addressees.recipient(organisation, contactId));
  if (!to) return impossible('no_address', 'This customer cannot be reached on WhatsApp.');
  const phoneNumberId = numberId && (await addressees.phoneNumberId(organisation, numberId));
  if (!phoneNumberId)
    return impossible('number_disconnected', 'The business number is no longer connected.');
  const quoted = message.quotedMessageId && thread.providerIds.get(message.quotedMessageId);
  const [threadPart = ''] = conversationId.split('.');
  return {
    kind: 'request',
    request: {
      phoneNumberId,
      to,
      content,
      ...(quoted && !isErased(quoted) ? { quotedProviderMessageId: quoted } : {}),
      callbackData: writeCallbackData({ thread: threadPart, message: messageId, attempt }),
    },
  };
};

/** What is sent of what a message says; null for what only customers send. */
const outboundContent = (content: MessageContent): OutboundContent | null => {
  switch (content.kind) {
    case 'text':
      return { kind: 'text', text: content.text };
    case 'template': {
      const { name, language, variables } = content;
      return { kind: 'template', name, language, variables };
    }
    case 'location': {
      const { latitude, longitude, name, address } = content;
      return { kind: 'location', latitude, longitude, name, address };
    }
    case 'interactive': {
      const { header, body, footer, action } = content;
      return { kind: 'interactive', header, body, footer, action };
    }
    default:
      return null;
  }
};

const impossible = (reason: string, message: string): RequestOrNot => ({
  kind: 'impossible',
  failure: { reason, message, providerCode: null, providerMessage: null, retryable: false },
});
