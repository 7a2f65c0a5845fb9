import { describe, it } from '@jest/globals';
import { given } from '#kernel/spec';
import { ended, open, started, wrote } from '../../spec/facts.js';
import { after, second } from '../../spec/people.js';
import { end } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';

const again = [
  ...open(),
  ended(after(1)),
  started(after(2), 2),
  wrote(after(2), 'more', { conversationId: second }),
];

describe('ending a conversation', () => {
  it('R132: ends the one that is named, once', () => {
    given(conversationDecider)(...open())
      .when(end(after(1)))
      .then(ended(after(1)));
    given(conversationDecider)(...open(), ended(after(1)))
      .when(end(after(2)))
      .thenNothing();
    given(conversationDecider)(...again)
      .when(end(after(3)))
      .thenNothing();
    given(conversationDecider)(...again)
      .when(end(after(3), 2))
      .then(ended(after(3), 2));
  });

  it('refuses to end one that has not been', () => {
    given(conversationDecider)()
      .when(end(after(1)))
      .thenRejected('ConversationUnknown');
    given(conversationDecider)(...open())
      .when(end(after(1), 2))
      .thenRejected('ConversationUnknown');
  });

  it('refuses whoever has not seen what was said since', () => {
    given(conversationDecider)(...open(), wrote(after(1), 'wait'))
      .when(end(after(2), 1, 2))
      .thenRejected('ConversationMovedOn', { revision: 3 });
    given(conversationDecider)(...open(), wrote(after(1), 'wait'))
      .when(end(after(2), 1, 3))
      .then(ended(after(2)));
  });
});
