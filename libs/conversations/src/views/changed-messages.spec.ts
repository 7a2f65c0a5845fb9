import { describe, expect, it } from '@jest/globals';
import { ERASED, epochMs, messageId } from '#kernel';
import { recorded } from '#kernel/spec';
import type { ConversationEvent } from '../domain/events.js';
import { receipt } from '../spec/dispatches.js';
import { echoed, edited, reacted, revoked, wrote } from '../spec/facts.js';
import { after, noon } from '../spec/people.js';
import { messagesProjection, type MessageRow } from './messages.projection.js';

const rowOf = (key: string, facts: readonly ConversationEvent[]): MessageRow => {
  const row = facts.reduce<MessageRow | undefined>(
    (before, fact) => messagesProjection.project(before, recorded(fact) as never, key),
    undefined,
  );
  if (!row) throw new Error('there is no row');
  return row;
};

describe('the view of messages that change', () => {
  const written = (...facts: readonly ConversationEvent[]): MessageRow =>
    rowOf('hello', [wrote(noon), ...facts]);
  const reaction = (...facts: readonly ConversationEvent[]): unknown =>
    JSON.parse(written(...facts).reaction ?? 'null');
  const words = (...facts: readonly ConversationEvent[]): unknown =>
    JSON.parse(written(...facts).content);

  it('Q04: shows the newest reaction, in whatever order they came', () => {
    const [thumb, heart] = [reacted(after(1)), reacted(after(2), 'hello', { emoji: '❤️' })];
    expect(reaction(thumb, heart)).toEqual({ emoji: '❤️', at: after(2) });
    expect(reaction(heart, thumb)).toEqual({ emoji: '❤️', at: after(2) });
    const back = reacted(after(2), 'hello', { emoji: null });
    expect(reaction(thumb, heart, back)).toEqual({ emoji: null, at: after(2) });
    expect(reaction(reacted(after(1), 'hello', { emoji: ERASED }))).toMatchObject({ emoji: null });
    expect(reaction()).toBeNull();
  });

  it('Q04: a reaction to a message that nobody knows is in no row', () => {
    expect(messagesProjection.keys(recorded(reacted(after(1), null)))).toEqual([]);
  });

  it('shows the newest words of a message, with what came with the first', () => {
    const extras = { forwarded: 'once' };
    const first = wrote(noon, 'hello', { content: { kind: 'text', text: 'hello', extras } });
    const [early, late] = [edited(after(1), 'one'), edited(after(2), 'two')];
    expect(words(first, early, late)).toEqual({ kind: 'text', text: 'two', extras });
    expect(words(first, late, early)).toEqual({ kind: 'text', text: 'two', extras });
    expect(written(late)).toMatchObject({ edited_at: epochMs(after(2)), revoked_at: null });
  });

  it('shows no words of a message that was taken back, whatever else comes', () => {
    for (const facts of [
      [revoked(after(2))],
      [edited(after(1), 'one'), revoked(after(2))],
      [revoked(after(2)), edited(after(3), 'one')],
    ]) {
      expect(words(...facts)).toBeNull();
      expect(written(...facts).revoked_at).toBe(epochMs(after(2)));
    }
  });

  it('shows what was written in the WhatsApp Business app, and how far it got', () => {
    const row = rowOf('echo', [
      echoed(after(1)),
      receipt(after(2), 'READ', { message: messageId('echo') }),
    ]);
    expect(row).toMatchObject({
      direction: 'OUTBOUND',
      author_kind: 'business_app',
      inside_window: 1,
      status: 'READ',
    });
  });
});
