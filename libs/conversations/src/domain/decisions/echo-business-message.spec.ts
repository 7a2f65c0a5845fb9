import { describe, expect, it } from '@jest/globals';
import { messageId } from '#kernel';
import { given } from '#kernel/spec';
import { accepted, dispatching, receipt } from '../../spec/dispatches.js';
import { echoed, ended, open, reacted, requested, started } from '../../spec/facts.js';
import { after, dayMs, noon, second } from '../../spec/people.js';
import { confirm, echo, react, startNext } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';
import { shownStatus } from '../delivery.js';
import { neverOpened } from '../window.js';

const { evolve, initial } = conversationDecider;
const id = messageId('echo');

describe('a message from the WhatsApp Business app', () => {
  it('R006: is kept as the business’s, and opens no window', () => {
    given(conversationDecider)()
      .when(echo(noon))
      .then(started(noon), echoed(noon, 'echo', { insideWindow: false }));
    const thread = [started(noon), echoed(noon)].reduce(evolve, initial);
    expect(thread.window).toEqual(neverOpened);
    expect(thread.lastSeen).toBeNull();
    expect(thread.unread.size).toBe(0);
  });

  it('goes on in the conversation that there is, or begins the next one', () => {
    given(conversationDecider)(...open())
      .when(echo(after(dayMs - 1)))
      .then(echoed(after(dayMs - 1)));
    given(conversationDecider)(...open())
      .when(echo(after(dayMs)))
      .then(echoed(after(dayMs), 'echo', { insideWindow: false }));
    given(conversationDecider)(...open(), ended(after(1)))
      .when(echo(after(2)))
      .then(started(after(2), 2), echoed(after(2), 'echo', { conversationId: second }));
  });

  it('knows which message it quotes, and has the time at which we heard of it at the latest', () => {
    given(conversationDecider)(...open())
      .when(echo(after(1), 'echo', { quotedFingerprint: 'print-hello' }))
      .then(echoed(after(1), 'echo', { quotedMessageId: messageId('hello') }));
    const ahead = { claimedAt: after(dayMs), receivedAt: after(2) };
    given(conversationDecider)(...open())
      .when(echo(after(3), 'echo', ahead))
      .then(echoed(after(2), 'echo', { ...ahead, sentAt: after(2) }));
  });

  it('Q12: counts once, and not when we sent it ourselves', () => {
    given(conversationDecider)(...open(), echoed(after(1)))
      .when(echo(after(1)))
      .thenNothing();
    const answered = [...open(), requested(after(1)), dispatching(after(2)), accepted(after(3))];
    given(conversationDecider)(...answered)
      .when(echo(after(4), 'reply1-1'))
      .thenNothing();
  });

  it('is not sent by us, can be reacted to, and gets on with its receipts', () => {
    const before = [...open(), echoed(after(1))];
    given(conversationDecider)(...before)
      .when(startNext(after(2)))
      .thenNothing();
    given(conversationDecider)(...before)
      .when(react(after(2), 'echo'))
      .then(reacted(after(2), 'echo'));
    const read = receipt(after(3), 'READ', { message: id });
    const told = confirm(after(3), 'READ', {}, { attempt: null, fingerprint: 'print-echo' });
    given(conversationDecider)(...before)
      .when(told)
      .then({ ...read, data: { ...read.data, fingerprint: 'print-echo' } });
    const delivery = before.reduce(evolve, initial).outbound.get(id)?.delivery;
    expect(delivery && shownStatus(delivery)).toBe('SENT');
  });
});
