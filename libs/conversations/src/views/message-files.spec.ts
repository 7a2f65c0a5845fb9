import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ERASED, messageId, organisationId, type DomainEvent } from '#kernel';
import { recorded } from '#kernel/spec';
import type { MessageContent } from '../domain/content.js';
import { edited, revoked, started, wrote } from '../spec/facts.js';
import { mediaDeferred, mediaRefused, mediaStored, voiceContent } from '../spec/files.js';
import { acme, after, daniel, noon, stream } from '../spec/people.js';
import { openViews, type Views } from '../spec/views.js';
import { MessageFiles } from './message-files.js';
import { messagesProjection, type MessageRow } from './messages.projection.js';

const rowAfter = (...facts: readonly DomainEvent[]) =>
  [wrote(noon, 'hello', { content: voiceContent }), ...facts].reduce<MessageRow | undefined>(
    (before, fact) =>
      messagesProjection.project(
        before,
        recorded(fact, { stream, metadata: { subject: daniel } }) as never,
        'hello',
      ),
    undefined,
  );

describe('the file of a message, in its row', () => {
  it('R118: is what became of it, whatever is said of the message later', () => {
    expect(rowAfter()?.file).toBeNull();
    const there = rowAfter(mediaStored(after(1)), edited(after(2), 'other words'));
    expect(JSON.parse(there?.file ?? '')).toEqual({
      state: 'STORED',
      mediaKey: mediaStored(after(1)).data.mediaKey,
      subject: daniel,
      mimeType: 'audio/ogg',
      size: 4_096,
    });
    const not = rowAfter(mediaRefused(after(1)), revoked(after(2)));
    expect(JSON.parse(not?.file ?? '')).toMatchObject({
      state: 'REFUSED',
      failure: { reason: 'media_type_mismatch' },
    });
  });
});

describe('the files of messages', () => {
  let views: Views;
  let files: MessageFiles;

  const message = (name: string, content: MessageContent | typeof ERASED = voiceContent) =>
    wrote(noon, name, { content, messageId: messageId(name) });
  const document: MessageContent = {
    ...voiceContent,
    media: 'DOCUMENT',
    filename: 'papers.pdf',
  };

  beforeAll(async () => {
    views = await openViews();
    files = new MessageFiles(views.views);
    await views.record([
      started(noon),
      message('there', document),
      mediaStored(after(1), 'there', { mimeType: 'application/pdf' }),
      message('awaited'),
      mediaDeferred(after(1), after(9), 'awaited'),
      message('refused'),
      mediaRefused(after(1), 'refused'),
      message('revoked'),
      mediaStored(after(1), 'revoked'),
      revoked(after(2), 'revoked'),
      message('erased', ERASED),
      mediaStored(after(1), 'erased'),
      message('bad'),
      mediaStored(after(1), 'bad', { mediaKey: '../../etc/passwd' }),
    ]);
  });
  afterAll(() => views.close());

  it('R118: are found with what their message says of them', async () => {
    await expect(files.find(acme, 'there')).resolves.toEqual({
      place: {
        organisationId: acme,
        subject: daniel,
        mediaKey: mediaStored(after(1)).data.mediaKey,
      },
      mimeType: 'application/pdf',
      filename: 'papers.pdf',
      word: 'document',
    });
  });

  it.each(['awaited', 'refused', 'revoked', 'erased', 'bad', 'unknown'])(
    'R118: there is none of one that is %s',
    async (name) => {
      await expect(files.find(acme, name)).resolves.toBeNull();
    },
  );

  it('are not found by another organisation', async () => {
    await expect(files.find(organisationId('other'), 'there')).resolves.toBeNull();
  });
});
