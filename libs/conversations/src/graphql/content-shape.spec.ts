import { describe, expect, it } from '@jest/globals';
import { ERASED, type Personal } from '#kernel';
import { recorded } from '#kernel/spec';
import { organisationDecider } from '#organisations';
import type { MessageContent } from '../domain/content.js';
import type { ConversationEvent } from '../domain/events.js';

import { mediaRefused, mediaStored } from '../spec/files.js';
import { echoed, edited, reacted, revoked, wrote } from '../spec/facts.js';
import { acme, after, daniel, noon } from '../spec/people.js';
import { messagesProjection, type MessageRow } from '../views/messages.projection.js';
import { nothingRead } from '../spec/reads.js';
import { messageShape } from './message-shape.js';

const people = {
  organisationId: acme,
  organisation: { ...organisationDecider.initial, name: 'AcmeMotors' },
  contact: { id: daniel, name: 'Daniel Okafor' },
  reads: nothingRead,
};
const shapeOf = (...facts: readonly ConversationEvent[]) => {
  const row = facts.reduce<MessageRow | undefined>(
    (before, fact) => messagesProjection.project(before, recorded(fact) as never, 'hello'),
    undefined,
  );
  if (!row) throw new Error('there is no message');
  return messageShape(row, people);
};
const wroteOf = (content: Personal<MessageContent>) => wrote(noon, 'hello', { content });
const extras = {};

describe('what a message says, as clients see it', () => {
  it('R118: of media everything but the provider’s id of it', () => {
    const file = { mimeType: 'audio/ogg; codecs=opus', sha256: 's', caption: null, filename: null };
    const marks = { isVoice: true, isAnimated: false };
    const secret = { media: 'AUDIO' as const, providerMediaId: 'hidden' };
    const voice = wroteOf({ kind: 'media', ...secret, ...file, ...marks, extras });
    const shown = {
      __typename: 'MediaContent',
      id: 'hello',
      kind: 'AUDIO',
      ...file,
      voice: true,
      animated: false,
      organisationId: acme,
    };
    const pending = { ...shown, state: 'PENDING', size: null, failure: null };
    expect(shapeOf(voice).content).toEqual(pending);
    const there = shapeOf(voice, mediaStored(after(1))).content;
    expect(there).toEqual({ ...pending, state: 'STORED', size: 4_096 });
    const { failure } = mediaRefused(after(1)).data;
    const not = shapeOf(voice, mediaRefused(after(1))).content;
    expect(not).toEqual({ ...pending, state: 'REFUSED', failure });
    expect(JSON.stringify([pending, there, not])).not.toContain('hidden');
  });

  it('R002: a notice of the system by the name that WhatsApp gives it, and what is known of it', () => {
    const told = { change: 'user_changed_number', text: null, waId: '447700900282', userId: null };
    expect(shapeOf(wroteOf({ kind: 'system', ...told, extras })).content).toEqual({
      __typename: 'UnsupportedContent',
      type: 'user_changed_number',
      raw: { wa_id: '447700900282' },
    });
  });

  it('what came with it, and nothing that is not as it should be', () => {
    const text = (told: { readonly [name: string]: string | object }) =>
      shapeOf(wroteOf({ kind: 'text', text: 'Hi', extras: told as never }));
    const none = { forwarded: null, referral: null, referredProduct: null };
    expect(text({})).toMatchObject(none);
    expect(text({ forwarded: 'sideways', referral: 'x', referredProduct: [] })).toMatchObject(none);
    expect(text({ referral: { source_id: '9', headline: 7 } })).toMatchObject({
      referral: { sourceId: '9', headline: null, clickId: null },
    });
    expect(shapeOf(wroteOf(ERASED))).toMatchObject(none);
  });

  it('Q04: a reaction until it is taken back or erased', () => {
    const thumb = [{ emoji: '👍', at: after(1) }];
    expect(shapeOf(wrote(noon)).reactions).toEqual([]);
    expect(shapeOf(wrote(noon), reacted(after(1))).reactions).toEqual(thumb);
    for (const emoji of [null, ERASED])
      expect(
        shapeOf(wrote(noon), reacted(after(1)), reacted(after(2), 'hello', { emoji })).reactions,
      ).toEqual([]);
  });

  it('the newest words, or that they were taken back', () => {
    const text = (words: string) => ({ __typename: 'TextContent', text: words });
    const then = shapeOf(wrote(noon), edited(after(1), 'hello you'));
    expect(then).toMatchObject({ content: text('hello you'), revokedAt: null });
    expect(shapeOf(wrote(noon), edited(after(1), 'you'), revoked(after(2)))).toMatchObject({
      content: text('[taken back]'),
    });
    expect(shapeOf(wroteOf(ERASED))).toMatchObject({ content: text('[erased]') });
  });

  it('of the business app’s no author: nobody knows which member it was', () => {
    expect(shapeOf(echoed(noon, 'hello'))).toMatchObject({
      direction: 'OUTBOUND',
      author: null,
      userId: null,
      aiGenerated: false,
      status: 'SENT',
    });
  });
});
