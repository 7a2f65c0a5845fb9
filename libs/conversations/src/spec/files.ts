import { messageId, type Instant } from '#kernel';
import type { MediaContent } from '../domain/content.js';
import type { MediaOutcome, RecordMedia } from '../domain/decisions/record-media.js';
import type { RetryMedia } from '../domain/decisions/retry-media.js';
import type {
  MediaDeferred,
  MediaRefused,
  MediaRetryDue,
  MediaStored,
} from '../domain/media/events.js';
import { mediaRefusal, mediaTrouble, type MediaRefusalReason } from '../domain/media/failure.js';
import { first } from './people.js';

/** The file of the message that the customer sent as `name`. */
export const mediaStored = (
  at: Instant,
  name = 'hello',
  told: Partial<MediaStored['data']> = {},
): MediaStored => ({
  type: 'MediaStored',
  at,
  data: {
    conversationId: first,
    messageId: messageId(name),
    mediaKey: '5f0c7a3e9b1d24680ace13579bdf02468ace1357',
    mimeType: 'audio/ogg',
    size: 4_096,
    sha256: 'ab'.repeat(32),
    ...told,
  },
});

export const mediaRefused = (
  at: Instant,
  name = 'hello',
  reason: MediaRefusalReason = 'media_type_mismatch',
): MediaRefused => ({
  type: 'MediaRefused',
  at,
  data: { conversationId: first, messageId: messageId(name), failure: mediaRefusal(reason) },
});

const unfetched = mediaTrouble('media_download_failed', 'status 503');

export const mediaDeferred = (
  at: Instant,
  retryAt: Instant,
  name = 'hello',
  attempt = 1,
): MediaDeferred => ({
  type: 'MediaDeferred',
  at,
  data: {
    conversationId: first,
    messageId: messageId(name),
    attempt,
    retryAt,
    failure: unfetched,
  },
});

export const mediaRetryDue = (at: Instant, name = 'hello', attempt = 1): MediaRetryDue => ({
  type: 'MediaRetryDue',
  at,
  data: { conversationId: first, messageId: messageId(name), attempt },
});

/** What the customer recorded, as `name`. */
export const voiceContent: MediaContent = {
  kind: 'media',
  media: 'AUDIO',
  providerMediaId: '4490709327384033',
  mimeType: 'audio/ogg; codecs=opus',
  sha256: null,
  caption: null,
  filename: null,
  isVoice: true,
  isAnimated: false,
  extras: {},
};

export const storing: MediaOutcome = {
  kind: 'stored',
  mediaKey: '5f0c7a3e9b1d24680ace13579bdf02468ace1357',
  mimeType: 'audio/ogg',
  size: 4_096,
  sha256: 'ab'.repeat(32),
};

/** An attempt to fetch the file of `name` came to this. */
export const recordFile = (
  at: Instant,
  outcome: MediaOutcome,
  attempt = 1,
  name = 'hello',
): RecordMedia => ({ type: 'RecordMedia', at, messageId: messageId(name), attempt, outcome });

export const retryFile = (at: Instant, attempt = 1, name = 'hello'): RetryMedia => ({
  type: 'RetryMedia',
  at,
  messageId: messageId(name),
  attempt,
});
