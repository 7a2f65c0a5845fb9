import { describe, expect, it } from '@jest/globals';
import { ERASED, messageId } from '#kernel';
import { given } from '#kernel/spec';
import {
  mediaDeferred,
  mediaRefused,
  mediaRetryDue,
  mediaStored,
  recordFile,
  retryFile,
  storing,
  voiceContent,
} from '../../spec/files.js';
import { tooFast } from '../../spec/dispatches.js';
import { echoed, open, revoked, started, wrote } from '../../spec/facts.js';
import { after, dayMs, noon } from '../../spec/people.js';

import { conversationDecider } from '../conversation.js';
import { mediaKeptMs, mediaRefusal, mediaTrouble } from '../media/failure.js';
import type { MediaOutcome } from './record-media.js';

const { evolve, initial } = conversationDecider;
const voice = [started(noon), wrote(noon, 'hello', { content: voiceContent })] as const;
const unfetched = mediaTrouble('media_download_failed', 'status 503');
const later = (retryAtMs: number): MediaOutcome => ({
  kind: 'deferred',
  failure: unfetched,
  retryAt: after(retryAtMs),
});
const refusing: MediaOutcome = { kind: 'refused', failure: mediaRefusal('media_type_mismatch') };

describe('the file of a message', () => {
  it('R118: is stored once, however often it was fetched', () => {
    given(conversationDecider)(...voice)
      .when(recordFile(after(2), storing))
      .then(mediaStored(after(2)));
    for (const settled of [mediaStored(after(2)), mediaRefused(after(2))])
      for (const outcome of [storing, refusing, later(9)])
        given(conversationDecider)(...voice, settled)
          .when(recordFile(after(3), outcome))
          .thenNothing();
  });

  it('R118: is refused with its reason', () => {
    given(conversationDecider)(...voice)
      .when(recordFile(after(2), refusing))
      .then(mediaRefused(after(2)));
  });

  it('is put off, and tried again at its time, once', () => {
    const off = mediaDeferred(after(2), after(9));
    given(conversationDecider)(...voice)
      .when(recordFile(after(2), later(9)))
      .then(off);
    given(conversationDecider)(...voice, off)
      .when(recordFile(after(3), later(9)))
      .thenNothing();
    given(conversationDecider)(...voice, off)
      .when(retryFile(after(9)))
      .then(mediaRetryDue(after(9)));
    given(conversationDecider)(...voice, off, mediaRetryDue(after(9)))
      .when(retryFile(after(9)))
      .thenNothing();
    given(conversationDecider)(...voice, off, mediaRetryDue(after(9)))
      .when(recordFile(after(10), storing, 2))
      .then(mediaStored(after(10)));
    given(conversationDecider)(...voice)
      .when(retryFile(after(9)))
      .thenNothing();
  });

  it('is given up when it would be tried again after WhatsApp has thrown it away', () => {
    expect(mediaKeptMs).toBe(7 * dayMs);
    given(conversationDecider)(...voice)
      .when(recordFile(after(2), later(7 * dayMs - 1)))
      .then(mediaDeferred(after(2), after(7 * dayMs - 1)));
    const { data, ...rest } = mediaRefused(after(2), 'hello', 'media_expired');
    const failure = { ...data.failure, providerMessage: 'status 503' };
    given(conversationDecider)(...voice)
      .when(recordFile(after(2), later(7 * dayMs)))
      .then({ ...rest, data: { ...data, failure } });
  });

  it('that nobody awaits is nothing: of a text, of an erased message, of an unknown one', () => {
    for (const facts of [
      open(noon),
      [started(noon), wrote(noon, 'hello', { content: ERASED })],
      [started(noon)],
    ])
      given(conversationDecider)(...facts)
        .when(recordFile(after(2), storing))
        .thenNothing();
  });

  it('that was sent from the business’s own app is fetched, too', () => {
    const echo = echoed(after(1), 'echo', { content: voiceContent });
    given(conversationDecider)(...open(noon), echo)
      .when(recordFile(after(2), storing, 1, 'echo'))
      .then(mediaStored(after(2), 'echo'));
  });

  it('is still fetched when the message was taken back meanwhile, as its words are kept', () => {
    given(conversationDecider)(...voice, revoked(after(1)))
      .when(recordFile(after(2), storing))
      .then(mediaStored(after(2)));
  });

  it('is no news to a writer', () => {
    const thread = voice.reduce(evolve, initial);
    const facts = [
      mediaDeferred(after(2), after(9)),
      mediaRetryDue(after(9)),
      mediaStored(after(10)),
    ];
    const told = facts.reduce(evolve, thread);
    expect(told.writerRevision).toBe(thread.writerRevision);
    expect(thread.media.get(messageId('hello'))?.attempts).toBe(0);
    expect(told.media.size).toBe(0);
    expect({ ...told, media: thread.media }).toEqual(thread);
  });

  it('says in words what it was, whatever it was', () => {
    for (const failure of [unfetched, mediaRefusal('media_expired'), tooFast])
      expect(failure.message).toMatch(/^[A-Z].*\.$/);
  });
});
