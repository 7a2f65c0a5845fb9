import { describe, expect, it } from '@jest/globals';
import { given } from '#kernel/spec';
import { accepted, dispatching } from '../../spec/dispatches.js';
import { edited, ended, open, requested, revoked } from '../../spec/facts.js';
import { after, dayMs, noon } from '../../spec/people.js';
import { edit, request, revoke } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';

const { decide, evolve, initial } = conversationDecider;

describe('a customer who changes a message of theirs', () => {
  it('is a fact about the earlier message: its first words stay in the log', () => {
    given(conversationDecider)(...open())
      .when(edit(after(1), 'hello you'))
      .then(edited(after(1), 'hello you'));
    given(conversationDecider)(...open(), edited(after(1), 'hello you'))
      .when(revoke(after(2)))
      .then(revoked(after(2)));
  });

  it('is told of the conversation of that message, be it over', () => {
    given(conversationDecider)(...open(), ended(after(1)))
      .when(revoke(after(2)))
      .then(revoked(after(2)));
  });

  it('Q12: counts once', () => {
    given(conversationDecider)(...open(), edited(after(1), 'hello you'))
      .when(edit(after(1), 'hello you'))
      .thenNothing();
    given(conversationDecider)(...open(), revoked(after(1)))
      .when(revoke(after(1)))
      .thenNothing();
  });

  it('finds neither what nobody knows nor what the business wrote', () => {
    const answered = [...open(), requested(after(1)), dispatching(after(2)), accepted(after(3))];
    for (const name of ['nobody', 'reply1-1']) {
      given(conversationDecider)(...answered)
        .when(edit(after(4), 'not yours', name))
        .thenRejected('MessageUnknown');
      given(conversationDecider)(...answered)
        .when(revoke(after(4), name))
        .thenRejected('MessageUnknown');
    }
  });

  it('Q04: opens no window', () => {
    const facts = [...open(noon), edited(after(dayMs), 'later'), revoked(after(dayMs + 1))];
    expect(facts.reduce(evolve, initial).window.lastCustomerMessageAtMs).toBe(
      open(noon).reduce(evolve, initial).window.lastCustomerMessageAtMs,
    );
  });

  it('is something that a writer must have seen', () => {
    const thread = [...open(), edited(after(1), 'hello you')].reduce(evolve, initial);
    expect(decide(thread, request(after(2), undefined, { expectedRevision: 2 }))).toMatchObject({
      rejected: 'ConversationMovedOn',
    });
  });
});
