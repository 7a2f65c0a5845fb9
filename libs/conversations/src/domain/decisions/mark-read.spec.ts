import { describe, it } from '@jest/globals';
import { ERASED } from '#kernel';
import { given } from '#kernel/spec';
import { ended, open, read, requested, started, wrote } from '../../spec/facts.js';
import { after, noon, second } from '../../spec/people.js';
import { markAsRead } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';

describe('marking a conversation as read', () => {
  it('covers all that the customer wrote so far, once', () => {
    const two = [...open(noon), wrote(after(1), 'more')];
    given(conversationDecider)(...two)
      .when(markAsRead(after(2)))
      .then(read(after(2), 'more'));
    given(conversationDecider)(...two, read(after(2), 'more'))
      .when(markAsRead(after(3)))
      .thenNothing();
    given(conversationDecider)(...two, read(after(2), 'more'), wrote(after(3), 'and more'))
      .when(markAsRead(after(4)))
      .then(read(after(4), 'and more'));
  });

  it('says nothing where the customer has written nothing', () => {
    given(conversationDecider)(started(noon), requested(after(1)))
      .when(markAsRead(after(2)))
      .thenNothing();
  });

  it('can be done in a conversation that has ended', () => {
    given(conversationDecider)(...open(noon), ended(after(1)))
      .when(markAsRead(after(2)))
      .then(read(after(2)));
  });

  it('is of the conversation that is named: the others stay unread', () => {
    const both = [
      ...open(noon),
      ended(after(1)),
      started(after(2), 2),
      wrote(after(2), 'more', { conversationId: second }),
    ];
    given(conversationDecider)(...both)
      .when(markAsRead(after(3)))
      .then(read(after(3)));
    given(conversationDecider)(...both, read(after(3)))
      .when(markAsRead(after(4), 2))
      .then(read(after(4), 'more', 2));
    given(conversationDecider)(...both, read(after(3)), read(after(4), 'more', 2))
      .when(markAsRead(after(5)))
      .thenNothing();
  });

  it('is refused where there is no such conversation', () => {
    given(conversationDecider)().when(markAsRead(noon)).thenRejected('ConversationUnknown');
    given(conversationDecider)(...open(noon))
      .when(markAsRead(after(1), 2))
      .thenRejected('ConversationUnknown');
  });

  it('tells nobody of a message whose customer has been erased', () => {
    given(conversationDecider)(started(noon), wrote(noon, 'hello', { providerMessageId: ERASED }))
      .when(markAsRead(after(1)))
      .thenNothing();
  });
});
