import {
  contactId,
  conversationId,
  instant,
  messageId,
  numberId,
  organisationId,
  threadId,
} from '#kernel';
import type { ConversationEvent } from '#conversations';
import type { PortalThread } from '#portal';

export const acme = organisationId('acme');
export const other = organisationId('other');
export const number = numberId('number1');
export const noon = instant(Date.UTC(2026, 10, 20, 12));

export const threadOf = (name: string, organisation = acme): PortalThread => ({
  organisationId: organisation,
  threadId: threadId(name),
  conversationId: conversationId(threadId(name), 1),
  contactId: contactId(`contact${name}`),
});

/** What happened before the customer opens the page: an answer was refused, a bridge was asked for. */
export const bridged = ({
  conversationId: conversation,
  contactId: contact,
  threadId: thread,
}: PortalThread): readonly ConversationEvent[] => {
  const [refused, bridge] = [messageId(`refused${thread}`), messageId(`bridge${thread}`)];
  const of = { conversationId: conversation };
  return [
    {
      type: 'ConversationStarted',
      at: noon,
      data: { ...of, episode: 1, numberId: number, contactId: contact },
    },
    {
      type: 'MessageRequested',
      at: noon,
      data: {
        ...of,
        ...answer('refused'),
        messageId: refused,
        channel: 'WHATSAPP',
        insideWindow: false,
      },
    },
    {
      type: 'MessageFailed',
      at: noon,
      data: {
        ...of,
        messageId: refused,
        refusal: 'WINDOW_EXPIRED',
        failure: {
          reason: 'window_expired_bridge_sent',
          message: 'A template message is required outside the 24-hour messaging window.',
          providerCode: null,
          providerMessage: null,
          retryable: false,
        },
      },
    },
    {
      type: 'BridgeRequested',
      at: noon,
      data: { ...of, messageId: bridge, causedBy: refused, text: 'AcmeMotors: Update for you.' },
    },
    { type: 'PortalOpened', at: noon, data: { ...of, messageId: bridge } },
  ];
};

/** What the business says, to whatever channel. */
export const answer = (text: string) => ({
  kind: 'FREE_FORM' as const,
  content: { kind: 'text' as const, text, extras: {} },
  quotedMessageId: null,
  author: { kind: 'staff' as const, id: 'ann' },
  requestKey: `key-${text}`,
  requestDigest: `digest-${text}`,
});
