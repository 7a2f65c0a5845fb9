import { isErased, type Dispatcher } from '#kernel';
import type { WhatsAppSender } from '#channels/whatsapp';
import { inTime, type Decides, type Timer } from '#engine';
import { conversationDecider } from '../domain/conversation.js';
import type { ConversationRead } from '../domain/events.js';
import { threadOf } from './addressed.js';
import type { Addressees } from './whatsapp-request.js';
import { callStartsWithinMs, callTimeoutMs } from './thread-dispatcher.js';

/**
 * Shows the customer that their messages were read. A courtesy: it may be repeated, and when WhatsApp
 * does not take it nothing is lost, so that its outcome is no fact.
 */
export const readMarkDispatcher = (ports: {
  readonly decisions: Decides;
  readonly sender: WhatsAppSender;
  readonly addressees: Addressees;
  readonly timer: Timer;
}): Dispatcher<ConversationRead> => ({
  kind: 'dispatcher',
  name: 'read-mark-dispatcher',
  streams: ['conversation-'],
  types: ['ConversationRead'],
  key: ({ stream }) => stream,
  dispatch: async ({ data, stream, metadata }, signal) => {
    if (isErased(data.providerMessageId)) return;
    const id = threadOf({ stream });
    const { state } = await ports.decisions.load(conversationDecider, id, { fresh: false });
    const phoneNumberId =
      state.numberId &&
      (await ports.addressees.phoneNumberId(metadata.organisationId, state.numberId));
    if (!phoneNumberId) return;
    const { timer } = ports;
    const startBeforeMs = timer.monotonicMs() + callStartsWithinMs;
    const limit = { timer, withinMs: callStartsWithinMs + callTimeoutMs, signal };
    const mark = { phoneNumberId, providerMessageId: data.providerMessageId };
    await inTime(limit, (signal) => ports.sender.markRead(mark, { startBeforeMs, signal }));
  },
});
