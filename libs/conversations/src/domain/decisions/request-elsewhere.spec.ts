import { describe, expect, it } from '@jest/globals';
import { messageId } from '#kernel';
import { given } from '#kernel/spec';
import { dispatching } from '../../spec/dispatches.js';
import {
  bridgeRequested,
  failed,
  open,
  portalOpened,
  posted,
  requested,
  wrote,
} from '../../spec/facts.js';
import { after, dayMs, noon, place, reply } from '../../spec/people.js';
import { bridging, receive, request, startNext } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';
import { shownStatus } from '../delivery.js';
import { ownFailure } from '../failure.js';
import { smsFailure, smsTextLengthMax } from '../sms.js';
import { windowStatus } from '../window.js';

const { decide, evolve, initial } = conversationDecider;
const later = (ms: number) => after(dayMs + ms);
const closed = [...open(noon)];
const outside = { insideWindow: false } as const;
const bySms = [...closed, wrote(later(1), 'sms', { channel: 'SMS', opensWindow: false })];
const inPortal = [
  ...closed,
  requested(later(0), reply, outside),
  bridgeRequested(later(0)),
  portalOpened(later(1)),
  wrote(later(1), 'page', { channel: 'PORTAL', opensWindow: false }),
];
const ask = (ms: number, told: Parameters<typeof request>[2] = {}) =>
  request(later(ms), reply, { terms: bridging, ...told });

describe('a message that goes elsewhere than WhatsApp', () => {
  it('R100, Q03: follows the customer to SMS, and nothing is held back', () => {
    given(conversationDecider)(...bySms)
      .when(ask(2))
      .then(requested(later(2), reply, { ...outside, channel: 'SMS' }));
  });

  it('R160: follows the customer to the portal, where it stands at once', () => {
    const page = [...inPortal];
    const command = ask(2, { messageId: posted(noon).data.messageId });
    const decided = decide(page.reduce(evolve, initial), {
      ...command,
      requestKey: 'another',
      messageId: open(noon)[1].data.messageId,
    });
    expect(decided).toMatchObject([
      { type: 'MessageRequested', data: { channel: 'PORTAL' } },
      { type: 'MessagePosted' },
    ]);
  });

  it('counts as sent in the portal, and waits for no dispatcher', () => {
    const facts = [...closed, requested(later(2), reply, { channel: 'PORTAL' }), posted(later(2))];
    const thread = facts.reduce(evolve, initial);
    const message = thread.outbound.get(reply);
    expect(message && shownStatus(message.delivery)).toBe('SENT');
    expect(thread.waiting).toEqual([]);
  });

  it('goes where the writer says, also while the window is open', () => {
    given(conversationDecider)(...closed)
      .when(request(after(5), reply, { channel: 'SMS', terms: bridging }))
      .then(requested(after(5), reply, { channel: 'SMS' }));
  });

  it('R095: is kept as failed where the writer wants SMS and the customer does not', () => {
    given(conversationDecider)(...closed)
      .when(ask(2, { channel: 'SMS', terms: { ...bridging, hasConsent: false } }))
      .then(
        requested(later(2), reply, { ...outside, channel: 'SMS' }),
        failed(later(2), reply, null, smsFailure('sms_opted_out')),
      );
  });

  it('is kept as failed where nobody would read the portal', () => {
    const shut = ownFailure(
      'portal_closed',
      'The customer’s page is closed: nobody would read it.',
    );
    given(conversationDecider)(...closed)
      .when(ask(2, { channel: 'PORTAL' }))
      .then(
        requested(later(2), reply, { ...outside, channel: 'PORTAL' }),
        failed(later(2), reply, null, shut),
      );
  });

  it('may be as long as an SMS can be, in units as Twilio counts them', () => {
    const text = (length: number) => ({
      content: { kind: 'text' as const, text: '\u{1f600}'.repeat(length / 2), extras: {} },
    });
    const thread = bySms.reduce(evolve, initial);
    expect(decide(thread, ask(2, text(smsTextLengthMax)))).toMatchObject([
      { type: 'MessageRequested' },
    ]);
    given(conversationDecider)(...bySms)
      .when(ask(2, text(smsTextLengthMax + 2)))
      .thenRejected('TextTooLong', { limit: smsTextLengthMax, actual: smsTextLengthMax + 2 });
  });

  it('R011: are words: a place or a choice goes by WhatsApp alone, and is refused', () => {
    const content = place;
    given(conversationDecider)(...bySms)
      .when(ask(2, { content }))
      .thenRejected('ContentNeedsWhatsApp', { content: 'location', channel: 'SMS' });
    given(conversationDecider)(...closed)
      .when(ask(2, { content, channel: 'PORTAL' }))
      .thenRejected('ContentNeedsWhatsApp', { content: 'location', channel: 'PORTAL' });
  });

  it('leaves by SMS whatever the window is and whatever has become of a bridge', () => {
    const opened = wrote(later(3), 'back');
    const asked = requested(later(2), reply, { ...outside, channel: 'SMS' });
    for (const facts of [[], [opened], [bridgeRequested(later(1), messageId('b'), reply)]])
      given(conversationDecider)(...bySms, asked, ...facts)
        .when(startNext(later(dayMs), 'ours', { channel: 'SMS', terms: bridging }))
        .then(dispatching(later(dayMs)));
  });

  it('F32: does not leave once the customer has opted out', () => {
    const waiting = [...bySms, requested(later(2), reply, { ...outside, channel: 'SMS' })];
    const start = startNext(later(3), 'ours', {
      channel: 'SMS',
      terms: { ...bridging, hasConsent: false },
    });
    given(conversationDecider)(...waiting)
      .when(start)
      .then(failed(later(3), reply, null, smsFailure('sms_opted_out')));
  });

  it('R006: opens no window, nor does what the customer writes there', () => {
    const told = { channel: 'SMS' as const, opensWindow: false };
    const thread = bySms.reduce(evolve, initial);
    const decided = decide(thread, receive(later(9), 'more', told));
    const after = Array.isArray(decided) ? decided.reduce(evolve, thread) : thread;
    expect(windowStatus(after.window, Date.parse(later(9)))).toBe('EXPIRED');
  });
});
