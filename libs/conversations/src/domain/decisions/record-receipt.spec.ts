import { describe, expect, it } from '@jest/globals';
import { epochMs, messageId } from '#kernel';
import { given } from '#kernel/spec';
import {
  accepted,
  badNumber,
  dispatching,
  outsideWindow,
  receipt,
  rejected,
  resolved,
  unknown,
} from '../../spec/dispatches.js';
import { open, requested, windowRefused, wrote } from '../../spec/facts.js';
import { after, dayMs, noon, reply } from '../../spec/people.js';
import { confirm, tell, templatesOnly } from '../../spec/wishes.js';
import { conversationDecider } from '../conversation.js';
import type { ConversationEvent } from '../events.js';
import { shownStatus } from '../delivery.js';
import { windowStatus } from '../window.js';

const { evolve, initial } = conversationDecider;
const inHand = [...open(noon), requested(after(1)), dispatching(after(2))];
const sent = [...inHand, accepted(after(3))];
const kinds = ['SENT', 'DELIVERED', 'READ', 'FAILED'] as const;
const late = { failed: { failure: outsideWindow, terms: templatesOnly } };
const fold = (...facts: readonly ConversationEvent[]) => facts.reduce(evolve, initial);

describe('recording a receipt', () => {
  it.each(kinds)('R104, Q12: keeps %s of an attempt once, however often it comes', (kind) => {
    given(conversationDecider)(...sent)
      .when(confirm(after(4), kind))
      .then(receipt(after(4), kind));
    given(conversationDecider)(...sent, receipt(after(4), kind))
      .when(confirm(after(5), kind))
      .thenNothing();
  });

  it('keeps the time of the provider, and what it costs', () => {
    const pricing = { billable: true, category: 'service' };
    given(conversationDecider)(...sent)
      .when(confirm(after(9), 'SENT', {}, { receiptAt: after(4), pricing }))
      .then({ ...receipt(after(4), 'SENT'), data: { ...receipt(after(4), 'SENT').data, pricing } });
  });

  it('F16: takes a receipt that overtook the answer to our own call', () => {
    given(conversationDecider)(...inHand)
      .when(confirm(after(3), 'READ'))
      .then(receipt(after(3), 'READ'));
  });

  it('P11: of what a lookup found counts for the attempt that it was found for', () => {
    const again = [unknown(after(3)), resolved(after(4), 'SEND_AGAIN')];
    const second = [dispatching(after(5), { attempt: 2 }), unknown(after(6), { attempt: 2 })];
    const found = accepted(after(7), { attempt: 2 });
    const { fingerprint } = accepted(after(7)).data;
    const facts = [
      ...inHand,
      ...again,
      ...second,
      { ...found, data: { ...found.data, fingerprint } },
    ];
    const told = receipt(after(8), 'DELIVERED', { attempt: 2 });
    given(conversationDecider)(...facts)
      .when(confirm(after(8), 'DELIVERED'))
      .then({ ...told, data: { ...told.data, fingerprint } });
  });

  it('finds the message by the provider’s id when our own words are missing', () => {
    given(conversationDecider)(...sent)
      .when(confirm(after(4), 'READ', {}, { attempt: null }))
      .then(receipt(after(4), 'READ'));
    given(conversationDecider)(...inHand)
      .when(confirm(after(4), 'READ', {}, { attempt: null }))
      .thenRejected('MessageUnknown');
  });

  it('refuses a receipt of a message or an attempt that is not known', () => {
    given(conversationDecider)(...sent)
      .when(confirm(after(4), 'SENT', { message: messageId('nobody') }))
      .thenRejected('MessageUnknown');
    given(conversationDecider)(...sent)
      .when(confirm(after(4), 'SENT', { attempt: 2 }))
      .thenRejected('MessageUnknown');
    given(conversationDecider)().when(confirm(noon, 'SENT')).thenRejected('MessageUnknown');
  });

  it('P10: settles a message whose outcome was not known', () => {
    const lost = [...inHand, unknown(after(3))];
    const status = (...more: readonly ConversationEvent[]) => {
      const message = fold(...lost, ...more).outbound.get(reply);
      return message && shownStatus(message.delivery);
    };
    expect(status()).toBe('NOT_CONFIRMED');
    expect(status(receipt(after(4), 'DELIVERED'))).toBe('DELIVERED');
    expect(status(receipt(after(4), 'FAILED', {}, badNumber))).toBe('FAILED');
  });

  it('P17: keeps one of an attempt that left, though an earlier one counts again', () => {
    const second = [dispatching(after(5), { attempt: 2 }), unknown(after(6), { attempt: 2 })];
    const twice = [unknown(after(3)), resolved(after(4), 'SEND_AGAIN'), ...second];
    const third = resolved(after(7), 'SEND_AGAIN', { attempt: 2 });
    const arrived = receipt(after(8), 'DELIVERED');
    const facts = [...inHand, ...twice, third, arrived];
    expect(fold(...facts).outbound.get(reply)?.delivery).toMatchObject({ attempt: 1, attempts: 3 });
    given(conversationDecider)(...facts)
      .when(confirm(after(9), 'FAILED', { attempt: 2 }))
      .then(receipt(after(9), 'FAILED', { attempt: 2 }));
  });

  it('keeps receipts of an earlier attempt also after it was sent again', () => {
    const again = [unknown(after(3)), resolved(after(4), 'SEND_AGAIN')];
    const both = [...inHand, ...again, dispatching(after(5), { attempt: 2 })];
    given(conversationDecider)(...both)
      .when(confirm(after(6), 'DELIVERED'))
      .then(receipt(after(6), 'DELIVERED'));
  });
});

describe('a late refusal for the window', () => {
  it('R015, F34: fails the message and closes the window', () => {
    given(conversationDecider)(...sent)
      .when(confirm(after(9), 'FAILED', {}, late))
      .then(receipt(after(9), 'FAILED', {}, outsideWindow), windowRefused(after(9), after(2)));
    const facts = [
      ...sent,
      receipt(after(9), 'FAILED', {}, outsideWindow),
      windowRefused(after(9), after(2)),
    ];
    expect(windowStatus(fold(...facts).window, epochMs(after(10)))).toBe('EXPIRED');
  });

  it('R015: leaves the window open if the customer has written since; it may be tried again', () => {
    const retryable = { ...outsideWindow, retryable: true };
    given(conversationDecider)(...sent, wrote(after(3), 'wait'))
      .when(confirm(after(9), 'FAILED', {}, late))
      .then(receipt(after(9), 'FAILED', {}, retryable));
  });

  it('R106, F33: keeps the words of the provider, and closes the window once', () => {
    const refused = [
      ...inHand,
      rejected(after(3), outsideWindow),
      windowRefused(after(3), after(2)),
    ];
    given(conversationDecider)(...refused)
      .when(confirm(after(4), 'FAILED', {}, late))
      .then(receipt(after(4), 'FAILED', {}, outsideWindow));
  });

  it('F33: the answer after the receipt adds neither a failure nor a refusal', () => {
    const told = [
      receipt(after(3), 'FAILED', {}, outsideWindow),
      windowRefused(after(3), after(2)),
    ];
    given(conversationDecider)(...inHand, ...told)
      .when(tell(after(4), { kind: 'rejected', failure: outsideWindow }))
      .thenNothing();
  });

  it('two messages refused for the same window close it by the later one', () => {
    const next = messageId('reply2');
    const both = [
      ...open(noon),
      requested(after(1)),
      dispatching(after(2)),
      accepted(after(3)),
      requested(after(4), next),
      dispatching(after(5), { message: next }),
      accepted(after(6), { message: next }),
    ];
    const later = receipt(after(7), 'FAILED', { message: next }, outsideWindow);
    given(conversationDecider)(...both)
      .when(confirm(after(7), 'FAILED', { message: next }, late))
      .then(later, windowRefused(after(7), after(5), next));
    given(conversationDecider)(...both, later, windowRefused(after(7), after(5), next))
      .when(confirm(after(8), 'FAILED', {}, late))
      .then(receipt(after(8), 'FAILED', {}, outsideWindow));
  });

  it('closes the window once when two messages were started in the same millisecond', () => {
    const next = messageId('reply2');
    const both = [
      ...open(noon),
      requested(after(1)),
      requested(after(1), next),
      dispatching(after(2)),
      rejected(after(2), outsideWindow),
      windowRefused(after(2), after(2)),
      dispatching(after(2), { message: next }),
      accepted(after(3), { message: next }),
    ];
    given(conversationDecider)(...both)
      .when(confirm(after(4), 'FAILED', { message: next }, late))
      .then(receipt(after(4), 'FAILED', { message: next }, outsideWindow));
  });

  it('says nothing of a window that the customer has opened since, be it over by then', () => {
    const at = after(2 * dayMs);
    given(conversationDecider)(...sent, wrote(after(3), 'wait'))
      .when(confirm(at, 'FAILED', {}, late))
      .then(receipt(at, 'FAILED', {}, outsideWindow));
  });

  it('says nothing of the window when it is of an earlier attempt, or of an SMS', () => {
    const again = [unknown(after(3)), resolved(after(4), 'SEND_AGAIN')];
    given(conversationDecider)(...inHand, ...again, dispatching(after(5), { attempt: 2 }))
      .when(confirm(after(6), 'FAILED', {}, late))
      .then(receipt(after(6), 'FAILED', {}, outsideWindow));
    const bySms = [requested(after(1), reply, { channel: 'SMS' }), dispatching(after(2))];
    given(conversationDecider)(...open(noon), ...bySms, accepted(after(3)))
      .when(confirm(after(6), 'FAILED', {}, late))
      .then(receipt(after(6), 'FAILED', {}, outsideWindow));
  });

  it('another failure than that of the window leaves it as it is', () => {
    given(conversationDecider)(...sent)
      .when(
        confirm(after(9), 'FAILED', {}, { failed: { failure: badNumber, terms: templatesOnly } }),
      )
      .then(receipt(after(9), 'FAILED', {}, badNumber));
  });
});
