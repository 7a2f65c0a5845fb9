import {
  instant,
  isErased,
  type ContactId,
  type Dispatcher,
  type MessageId,
  type OrganisationId,
  type Recorded,
} from '#kernel';
import { DownloadInterrupted, type LocatedMedia, type WhatsAppMedia } from '#channels/whatsapp';
import { inTime, type Chance, type Clock, type Decides, type Timer } from '#engine';
import {
  derivedMediaKey,
  mediaBytesMax,
  type FileClaim,
  type MediaPlace,
  type MediaStore,
} from '#media';
import { conversationDecider } from '../domain/conversation.js';
import { mediaExpiresAtMs, type MediaOutcome } from '../domain/decisions/record-media.js';
import type { BusinessMessageEchoed, CustomerMessageReceived } from '../domain/events.js';
import type { MediaRetryDue } from '../domain/media/events.js';
import { mediaTrouble } from '../domain/media/failure.js';
import type { AwaitedMedia } from '../domain/media/awaited.js';
import { threadOf } from './addressed.js';
import {
  downloadFailed,
  notKept,
  notLocated,
  putOff,
  refused,
  type MediaAttempt,
} from './media-outcome.js';
import { systemContext } from './system-context.js';
import { callTimeoutMs } from './thread-dispatcher.js';

/** From the first byte of the request for a file to its last. */
export const downloadTimeoutMs = 30_000;

export type MediaFetching = {
  readonly decisions: Decides;
  readonly media: WhatsAppMedia;
  readonly store: MediaStore;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly chance: Chance;
};

type ToFetch = CustomerMessageReceived | BusinessMessageEchoed | MediaRetryDue;

const name = 'media-fetcher';

/**
 * Fetches the files of messages from WhatsApp and stores them. Fetching twice does no harm, so that no
 * intent is written: whoever comes after a crash begins anew, and stores the file in the same place;
 * the thread takes one outcome. Its own follower, one file of a thread at a time: what comes slowly
 * holds up no message, and nobody else's files.
 */
export const mediaFetcher = (ports: MediaFetching): Dispatcher<ToFetch> => ({
  kind: 'dispatcher',
  name,
  streams: ['conversation-'],
  types: ['CustomerMessageReceived', 'BusinessMessageEchoed', 'MediaRetryDue'],
  key: ({ stream }) => stream,
  dispatch: async (recorded, signal) => {
    if (!mayHaveFile(recorded)) return;
    const id = threadOf(recorded);
    const { state } = await ports.decisions.load(conversationDecider, id, { fresh: true });
    const { messageId } = recorded.data;
    const awaited = state.media.get(messageId);
    if (!awaited || awaited.isDeferred || !state.contactId) return;
    const file = { messageId, awaited, subject: state.contactId };
    const outcome = await fetched(ports, recorded.metadata.organisationId, file, signal);
    // A stop is no failure of WhatsApp's: whoever comes next begins anew.
    if (outcome.kind === 'deferred') signal.throwIfAborted();
    const at = instant(ports.clock.now());
    const attempt = awaited.attempts + 1;
    await ports.decisions.run(
      conversationDecider,
      id,
      { type: 'RecordMedia', at, messageId, attempt, outcome },
      {
        ...systemContext(recorded, { name, at, uuid: ports.chance.uuid() }),
        subject: state.contactId,
      },
    );
  },
});

const mayHaveFile = ({ type, data }: Recorded<ToFetch>): boolean =>
  type === 'MediaRetryDue' || (!isErased(data.content) && data.content.kind === 'media');

type AwaitedFile = {
  readonly messageId: MessageId;
  readonly awaited: AwaitedMedia;
  readonly subject: ContactId;
};

const fetched = async (
  ports: MediaFetching,
  organisationId: OrganisationId,
  { messageId, awaited, subject }: AwaitedFile,
  signal: AbortSignal,
): Promise<MediaOutcome> => {
  const nowMs = ports.clock.now();
  if (nowMs >= mediaExpiresAtMs(awaited)) return refused('media_expired');
  const now = instant(nowMs);
  const attempt = { now, attempt: awaited.attempts + 1, jitter: ports.chance.fraction() };
  const { providerMediaId } = awaited.content;
  const { timer } = ports;
  const startBeforeMs = timer.monotonicMs() + callTimeoutMs;
  const located = await inTime({ timer, withinMs: callTimeoutMs, signal }, (signal) =>
    ports.media.locate(providerMediaId, { startBeforeMs, signal }),
  );
  if (located.kind === 'forbidden') return refused(`media_${located.why}`);
  if (located.kind !== 'located') return notLocated(located, attempt);
  const claim = claimOf(awaited, located);
  if (claim.size !== null && claim.size > mediaBytesMax[claim.kind])
    return refused('media_too_large');
  const mediaKey = derivedMediaKey(organisationId, messageId);
  const place = { organisationId, subject, mediaKey };
  const wanted = { place, claim, url: located.url };
  return inTime({ timer, withinMs: downloadTimeoutMs, signal }, (signal) =>
    downloaded(ports, wanted, attempt, signal),
  );
};

/** What Meta says of the file now; what it said in the webhook where it says nothing. */
const claimOf = ({ content }: AwaitedMedia, located: LocatedMedia): FileClaim => ({
  kind: content.media,
  mimeType: located.mimeType ?? content.mimeType,
  sha256: located.sha256 ?? content.sha256,
  size: located.size,
});

type Wanted = { readonly place: MediaPlace; readonly claim: FileClaim; readonly url: string };

const downloaded = async (
  { media, store }: MediaFetching,
  { place, claim, url }: Wanted,
  attempt: MediaAttempt,
  signal: AbortSignal,
): Promise<MediaOutcome> => {
  const answer = await media.download(url, signal);
  if (answer.kind === 'forbidden') return refused(`media_${answer.why}`);
  if (answer.kind === 'status') return downloadFailed(`status ${answer.status}`, attempt);
  if (answer.kind === 'failed') return downloadFailed(answer.why, attempt);
  try {
    const put = await store.put(place, claim, answer.bytes);
    if (put.kind === 'refused') return notKept(put.why, attempt);
    return { ...put, mediaKey: place.mediaKey };
  } catch (error) {
    if (error instanceof DownloadInterrupted) return downloadFailed(error.message, attempt);
    return putOff(mediaTrouble('media_not_stored', codeOf(error)), attempt);
  } finally {
    // Nobody reads on after a refusal, or where nothing could be written: the call ends.
    await answer.bytes.return();
  }
};

/** Never its text, which may hold a path. */
const codeOf = (error: unknown): string => {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.name : 'error';
};
