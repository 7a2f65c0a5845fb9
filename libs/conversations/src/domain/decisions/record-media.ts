import { epochMs, unreachable, type Instant, type MessageId } from '#kernel';
import type { Failure } from '../failure.js';
import { mediaKeptMs, mediaRefusal } from '../media/failure.js';
import type { Thread } from '../thread.js';
import type { AwaitedMedia } from '../media/awaited.js';
import type { Decision, Wish } from './decision.js';

export type MediaOutcome =
  | {
      readonly kind: 'stored';
      readonly mediaKey: string;
      /** What the bytes are, without parameters. */
      readonly mimeType: string;
      /** Bytes. */
      readonly size: number;
      /** Hex. */
      readonly sha256: string;
    }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'deferred'; readonly failure: Failure; readonly retryAt: Instant };

export type RecordMedia = Wish<
  'RecordMedia',
  {
    readonly messageId: MessageId;
    /** Which attempt it was, from 1. */
    readonly attempt: number;
    readonly outcome: MediaOutcome;
  }
>;

/** Writes down what became of an attempt to fetch a file, once: what is settled stays so. */
export const recordMedia = (thread: Thread, command: RecordMedia): Decision => {
  const awaited = thread.media.get(command.messageId);
  if (!awaited || awaited.attempts + 1 !== command.attempt) return [];
  const { at, messageId, attempt, outcome } = command;
  const of = { conversationId: awaited.conversationId, messageId };
  switch (outcome.kind) {
    case 'stored': {
      const { mediaKey, mimeType, size, sha256 } = outcome;
      return [{ type: 'MediaStored', at, data: { ...of, mediaKey, mimeType, size, sha256 } }];
    }
    case 'refused':
      return [{ type: 'MediaRefused', at, data: { ...of, failure: outcome.failure } }];
    case 'deferred': {
      const { failure, retryAt } = outcome;
      if (epochMs(retryAt) >= mediaExpiresAtMs(awaited))
        return [{ type: 'MediaRefused', at, data: { ...of, failure: expired(failure) } }];
      return [{ type: 'MediaDeferred', at, data: { ...of, attempt, retryAt, failure } }];
    }
    default:
      return unreachable(outcome);
  }
};

/** The first millisecond at which the provider may have thrown the file away. */
export const mediaExpiresAtMs = ({ receivedAt }: AwaitedMedia): number =>
  epochMs(receivedAt) + mediaKeptMs;

/** What was in the way last is said beside it. */
const expired = ({ providerCode, providerMessage }: Failure): Failure => ({
  ...mediaRefusal('media_expired'),
  providerCode,
  providerMessage,
});
