import type { Deadlines } from '#kernel';
import type { RetryMedia } from '../domain/decisions/retry-media.js';
import type { MediaEvent } from '../domain/media/events.js';
import { toConversation, type ToConversation } from './addressed.js';

/** Has files that could not be fetched tried again. */
export const mediaRetries: Deadlines<MediaEvent, ToConversation<Omit<RetryMedia, 'at'>>> = {
  kind: 'deadlines',
  name: 'media-retries',
  streams: ['conversation-'],
  types: ['MediaDeferred', 'MediaRetryDue', 'MediaStored', 'MediaRefused'],
  schedule: (recorded) => {
    const { messageId } = recorded.data;
    if (recorded.type !== 'MediaDeferred') return [{ key: messageId, due: null }];
    const { retryAt, attempt } = recorded.data;
    const command = toConversation(recorded, { type: 'RetryMedia', messageId, attempt } as const);
    return [{ key: messageId, due: { at: retryAt, command } }];
  },
};
