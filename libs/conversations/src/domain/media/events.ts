import type { ConversationId, DomainEvent, Instant, MessageId, Personal } from '#kernel';
import { event, type EventCatalogue } from '#event-store';
import type { Failure } from '../failure.js';

type OfMessage = { readonly conversationId: ConversationId; readonly messageId: MessageId };
/** Counts the attempts to fetch the file, from 1. */
type OfAttempt = OfMessage & { readonly attempt: number };

/** The file of a message was fetched and stored, whole, and is what it was said to be. */
export type MediaStored = DomainEvent<
  'MediaStored',
  OfMessage & {
    /** Its place in the store. */
    readonly mediaKey: string;
    /** What the bytes are, without parameters. */
    readonly mimeType: string;
    /** Bytes. */
    readonly size: number;
    /** Hex. Whoever has the same file could tell by it who sent it. */
    readonly sha256: Personal<string>;
  }
>;

/** The file of a message is not here and will not be, for the reason that is said. */
export type MediaRefused = DomainEvent<'MediaRefused', OfMessage & { readonly failure: Failure }>;

/** The file of a message could not be fetched, and is worth another try at `retryAt`. */
export type MediaDeferred = DomainEvent<
  'MediaDeferred',
  OfAttempt & { readonly retryAt: Instant; readonly failure: Failure }
>;

/** The time for another try to fetch a file has come. */
export type MediaRetryDue = DomainEvent<'MediaRetryDue', OfAttempt>;

export type MediaEvent = MediaStored | MediaRefused | MediaDeferred | MediaRetryDue;

export const mediaCatalogue: EventCatalogue<MediaEvent> = {
  MediaStored: event('sha256'),
  MediaRefused: event(),
  MediaDeferred: event(),
  MediaRetryDue: event(),
};
