import { describe, expect, it } from '@jest/globals';
import { messageId } from '#kernel';
import { given } from '#kernel/spec';
import { bridgeRequested, failed, open, portalOpened, requested } from '../../spec/facts.js';
import { after, dayMs, noon, reply } from '../../spec/people.js';
import { bridging, request, visit } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';

const { decide, evolve, initial } = conversationDecider;
const later = (ms: number) => after(dayMs + ms);
const bridged = [
  ...open(noon),
  requested(later(0), reply, { insideWindow: false }),
  failed(later(0)),
  bridgeRequested(later(0)),
];

describe('a customer who opens the page behind a bridge', () => {
  it('R084, R101: is known to be there, once', () => {
    given(conversationDecider)(...bridged)
      .when(visit(later(9), later(5)))
      .then(portalOpened(later(5)));
    given(conversationDecider)(...bridged, portalOpened(later(5)))
      .when(visit(later(9), later(8)))
      .thenNothing();
  });

  it('says nothing of a bridge that is not the newest', () => {
    given(conversationDecider)(...bridged)
      .when(visit(later(9), later(5), messageId('another')))
      .thenNothing();
    given(conversationDecider)(...open(noon))
      .when(visit(later(9), later(5)))
      .thenNothing();
  });

  it('R101, R160: is answered there from then on, before a word is written', () => {
    const ask = request(later(9), messageId('next'), { terms: bridging });
    const thread = [...bridged, portalOpened(later(5))].reduce(evolve, initial);
    expect(decide(thread, ask)).toMatchObject([
      { type: 'MessageRequested', data: { channel: 'PORTAL' } },
      { type: 'MessagePosted' },
    ]);
  });

  it('R077: nothing is posted for one who has not', () => {
    const ask = request(later(9), messageId('next'), { channel: 'PORTAL', terms: bridging });
    expect(decide(bridged.reduce(evolve, initial), ask)).toMatchObject([
      { type: 'MessageRequested' },
      { type: 'MessageFailed', data: { failure: { reason: 'portal_closed' } } },
    ]);
  });
});
