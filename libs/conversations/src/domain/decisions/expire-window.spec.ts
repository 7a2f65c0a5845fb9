import { describe, it } from '@jest/globals';
import { given } from '#kernel/spec';
import { absorbed, closed, ended, open, started, windowOver, wrote } from '../../spec/facts.js';
import { after, dayMs, hourMs, noon } from '../../spec/people.js';
import { expire } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';

const closes = after(dayMs);

describe('telling that the window is over', () => {
  it('R003: is done from its closing millisecond on, and not one before', () => {
    given(conversationDecider)(...open(noon))
      .when(expire(after(dayMs - 1), closes))
      .thenNothing();
    given(conversationDecider)(...open(noon))
      .when(expire(closes, closes))
      .then(windowOver(noon));
  });

  it('is told once, and as of the instant it closed, however late', () => {
    given(conversationDecider)(...open(noon))
      .when(expire(after(9 * dayMs), closes))
      .then(windowOver(noon));
    given(conversationDecider)(...open(noon), windowOver(noon))
      .when(expire(after(9 * dayMs), closes))
      .thenNothing();
  });

  it('R004: is not told of a window that has moved on', () => {
    given(conversationDecider)(...open(noon), wrote(after(hourMs), 'more'))
      .when(expire(closes, closes))
      .thenNothing();
    given(conversationDecider)(...open(noon), windowOver(noon), wrote(after(3 * dayMs), 'back'))
      .when(expire(after(3 * dayMs), closes))
      .thenNothing();
  });

  it('C06: is told of a conversation that has ended, too: two clocks, two facts', () => {
    given(conversationDecider)(...open(noon), ended(after(1)))
      .when(expire(closes, closes))
      .then(windowOver(noon));
  });

  it('is not told where nobody can write any more, nor where no conversation has begun', () => {
    given(conversationDecider)(...open(noon), closed(after(1)))
      .when(expire(closes, closes))
      .thenNothing();
    given(conversationDecider)(absorbed(after(1), { lastCustomerMessageAt: noon }))
      .when(expire(closes, closes))
      .thenNothing();
  });

  it('is told of no window that never was', () => {
    given(conversationDecider)().when(expire(closes, closes)).thenNothing();
    given(conversationDecider)(started(noon)).when(expire(closes, closes)).thenNothing();
  });
});
