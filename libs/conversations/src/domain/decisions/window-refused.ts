import { epochMs, type Instant, type MessageId } from '#kernel';
import type { BridgeTerms } from '../bridge.js';
import type { ConversationEvent } from '../events.js';
import type { Failure } from '../failure.js';
import type { Outbound } from '../outbound.js';
import type { Thread } from '../thread.js';
import { providerRefused, windowStatus } from '../window.js';
import { closedWindow } from './closed-window.js';

/** Meta's code for a free-form message outside the window (error codes, read 2026-11-20). */
const outsideWindowCode = '131047';

type ProviderNo = {
  readonly at: Instant;
  readonly messageId: MessageId;
  readonly failure: Failure;
  readonly terms: BridgeTerms;
};

export type Refused = {
  /** The failure as it is kept. */
  readonly failure: Failure;
  /** What the refusal says besides: of the window, and the bridge that it leads to. */
  readonly consequences: readonly ConversationEvent[];
};

/**
 * The provider is the judge of the window: its refusal closes it, unless the customer has written
 * since the refused message was started. If that leaves the window open, whoever wrote the message may
 * send it again; else it leads to the same bridge as a message that we refuse ourselves.
 */
export const refusedByProvider = (thread: Thread, message: Outbound, no: ProviderNo): Refused => {
  const { at, messageId, failure, terms } = no;
  const { startedAt } = message.delivery;
  if (message.channel !== 'WHATSAPP' || failure.providerCode !== outsideWindowCode || !startedAt)
    return { failure, consequences: [] };
  // A template needs no window: such a refusal says nothing of it, and no bridge would help.
  if (message.kind === 'TEMPLATE')
    return { failure: { ...failure, ...templateRefused }, consequences: [] };
  // The same refusal can come twice: as the answer to our call, and as a receipt.
  const known = message.delivery.failure;
  if (known?.providerCode === outsideWindowCode) return { failure: known, consequences: [] };
  const { conversationId } = message;
  const window = windowAfter(thread, startedAt);
  if (windowStatus(window, epochMs(at)) === 'OPEN')
    return { failure: { ...failure, retryable: true }, consequences: [] };
  const held = closedWindow({ ...thread, window }, { at, conversationId, messageId, terms });
  const { reason, message: sentence, retryable } = held.failure;
  const data = {
    conversationId,
    messageId,
    refusedMessageStartedAt: startedAt,
    providerCode: outsideWindowCode,
  };
  const closes =
    window === thread.window ? [] : [{ type: 'WindowRefusedByProvider', at, data } as const];
  return {
    failure: { ...failure, reason, message: sentence, retryable },
    consequences: [...closes, ...held.bridge],
  };
};

const templateRefused = {
  reason: 'template_refused',
  message: 'WhatsApp refused this template.',
} as const;

/** The window with the refusal counted; the same object if it says nothing new. */
const windowAfter = ({ window }: Thread, startedAt: Instant): Thread['window'] => {
  const startedAtMs = epochMs(startedAt);
  const wroteSince = (window.lastCustomerMessageAtMs ?? 0) > startedAtMs;
  const isKnown = (window.refusedAtMs ?? 0) >= startedAtMs;
  return wroteSince || isKnown ? window : providerRefused(window, startedAtMs);
};
