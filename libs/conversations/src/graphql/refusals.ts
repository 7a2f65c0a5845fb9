import { instant } from '#kernel';
import type { ConversationRejection } from '../domain/decisions/decision.js';
import { windowExpiredSentence } from '../domain/failure.js';
import { closesAtMs, refusedByProvider, type CustomerServiceWindow } from '../domain/window.js';
import type { BridgeEligibility } from './bridge-eligibility.js';
import { needsWhatsApp, tooLongContent, unknownQuote } from './content-refusals.js';
import type { MessageShape } from './message-shape.js';
import { notFound, plain } from './plain-refusals.js';
import { templateRefusal } from './template-refusals.js';

/** A free-form message outside the window, with what made it so. */
export const windowExpiredRefusal = (
  window: CustomerServiceWindow,
  bridge: BridgeEligibility | null,
) => {
  const closedMs = refusedByProvider(window) ? window.refusedAtMs : closesAtMs(window);
  const { lastCustomerMessageAtMs: last } = window;
  return {
    __typename: 'WindowExpiredRefusal' as const,
    code: 'WINDOW_EXPIRED',
    message: windowExpiredSentence,
    closedAt: closedMs === null ? null : instant(closedMs),
    lastCustomerMessageAt: last === null ? null : instant(last),
    bridge,
  };
};

/** The typed words for what a thread rejects. `since` is asked only when the writer was too late. */
export const refusalOf = async (
  rejection: ConversationRejection,
  since: (revision: number) => Promise<readonly MessageShape[]>,
) => {
  switch (rejection.rejected) {
    case 'ThreadIsClosed':
    case 'ConversationUnknown':
    case 'MessageUnknown':
      return notFound();
    case 'QuotedMessageUnknown':
      return unknownQuote;
    case 'TextTooLong':
      return tooLongContent('text', rejection.details, 'an SMS');
    case 'ContentNeedsWhatsApp':
      return needsWhatsApp(rejection.details);
    case 'ConversationHasEnded':
      return {
        __typename: 'ConversationEndedRefusal' as const,
        code: 'CONVERSATION_ENDED',
        message: 'This conversation has ended. Write in the current one, or wait for the customer.',
        ...rejection.details,
      };
    case 'ConversationMovedOn':
      return {
        __typename: 'MovedOnRefusal' as const,
        code: 'CONVERSATION_MOVED_ON',
        message: 'The conversation is not as you saw it. Read it, then try again if it still fits.',
        revision: rejection.details.revision,
        since: await since(rejection.details.revision),
      };
    case 'IdempotencyKeyUsedOtherwise':
      return plain(
        'IDEMPOTENCY_CONFLICT',
        'This idempotency key was used before with another input. Use a new key.',
      );
    case 'MessageNotUnconfirmed':
      return plain(
        'MESSAGE_NOT_UNCONFIRMED',
        'What became of this message is known: there is nothing left to settle.',
      );
    default:
      return templateRefusal(rejection);
  }
};
