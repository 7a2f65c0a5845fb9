import { describe, expect, it } from '@jest/globals';
import { ERASED, epochMs } from '#kernel';
import type { MessageContent } from '../domain/content.js';
import { evolveDelivery, requestedDelivery, shownStatus } from '../domain/delivery.js';
import type { ConversationEvent } from '../domain/events.js';
import {
  accepted,
  badNumber,
  deferred,
  dispatching,
  receipt,
  rejected,
  resolved,
  retryDue,
  unknown,
} from '../spec/dispatches.js';
import { failed, posted } from '../spec/facts.js';
import { after, noon } from '../spec/people.js';
import { contentCell, deliveryCell } from './cells.js';
import { portalMessage, type PortalRow } from './portal-message.js';

const written: PortalRow = {
  message_id: 'm1',
  direction: 'INBOUND',
  content: contentCell({ kind: 'text', text: 'Hi', extras: {} }),
  sent_at: epochMs(noon),
  notification_type: null,
  channel: 'WHATSAPP',
  status: null,
  delivery: null,
  revoked_at: null,
};

const picture: MessageContent = {
  kind: 'media',
  media: 'IMAGE',
  providerMediaId: '7',
  mimeType: null,
  sha256: null,
  caption: null,
  filename: null,
  isVoice: false,
  isAnimated: false,
  extras: {},
};
const place = { latitude: 1, longitude: 2, address: null, url: null, extras: {} };
const choice = { id: null, description: null, data: null, extras: {} };
const notice = { text: 'Changed', waId: '447700900282', userId: null, extras: {} };

/** The business's message after these facts, as its row has it. */
const answer = (...facts: readonly ConversationEvent[]): PortalRow => {
  const delivery = facts.reduce(evolveDelivery, requestedDelivery(noon));
  return {
    ...written,
    direction: 'OUTBOUND',
    status: shownStatus(delivery),
    delivery: deliveryCell(delivery),
  };
};
const shown = (...facts: readonly ConversationEvent[]) => portalMessage(answer(...facts))?.status;

describe('what a customer sees of', () => {
  it('R160: their own message: its words, and that the business has it', () => {
    expect(portalMessage({ ...written, channel: 'SMS' })).toEqual({
      id: 'm1',
      from: 'customer',
      text: 'Hi',
      at: noon,
      channel: 'SMS',
      status: 'DELIVERED',
    });
  });

  it('an answer: nothing before it is on its way, then how far it got', () => {
    const out = dispatching(after(1));
    expect(portalMessage(answer())).toBeNull();
    expect(shown(posted(after(1)))).toBe('SENT');
    expect(shown(out)).toBe('PENDING');
    expect(shown(out, deferred(after(2), after(9)), retryDue(after(9)))).toBe('PENDING');
    expect(shown(out, unknown(after(2)))).toBe('PENDING');
    expect(shown(out, unknown(after(2)), resolved(after(3), 'SEND_AGAIN'))).toBe('PENDING');
    expect(shown(out, unknown(after(2)), resolved(after(3), 'ARRIVED'))).toBe('SENT');
    const took = accepted(after(2));
    expect(shown(out, took)).toBe('PENDING');
    for (const kind of ['SENT', 'DELIVERED', 'READ'] as const)
      expect(shown(out, took, receipt(after(3), kind))).toBe(kind);
  });

  it('R077: an answer that failed: that it did, if they may have seen it; else nothing', () => {
    expect(portalMessage(answer(failed(after(1))))).toBeNull();
    expect(shown(dispatching(after(1)), rejected(after(2), badNumber))).toBe('FAILED');
    expect(
      shown(dispatching(after(1)), accepted(after(2)), receipt(after(3), 'FAILED', {}, badNumber)),
    ).toBe('FAILED');
    expect(shown(dispatching(after(1)), deferred(after(2), after(9)), failed(after(9)))).toBe(
      'FAILED',
    );
  });

  it('R087: a bridge: nothing, whatever became of it', () => {
    const bridge = answer(
      dispatching(after(1)),
      accepted(after(2)),
      receipt(after(3), 'DELIVERED'),
    );
    expect(portalMessage({ ...bridge, notification_type: 'bridge' })).toBeNull();
  });

  it.each<[string, MessageContent]>([
    ['Sticker', { ...picture, media: 'STICKER' }],
    ['Photo', picture],
    ['The dent', { ...picture, caption: 'The dent' }],
    ['Location', { kind: 'location', ...place, name: null }],
    ['Tower Bridge', { kind: 'location', ...place, name: 'Tower Bridge' }],
    ['Contact', { kind: 'contacts', contacts: [], extras: {} }],
    ['Yes, please', { kind: 'reply', reply: 'BUTTON', ...choice, title: 'Yes, please' }],
    ['[not shown here]', { kind: 'reply', reply: 'FLOW', ...choice, title: null }],
    ['[not shown here]', { kind: 'system', change: 'user_changed_number', ...notice }],
    ['[not shown here]', { kind: 'unsupported', type: 'poll', raw: {} }],
    ['[not shown here]', { kind: 'text', text: '', extras: { mediaCount: 1 } }],
  ])('what is no text: %s', (word, content) => {
    expect(portalMessage({ ...written, content: contentCell(content) })?.text).toBe(word);
  });

  it('words that were taken back: that they were', () => {
    const gone = { content: contentCell(ERASED), revoked_at: epochMs(after(1)) };
    expect(portalMessage({ ...written, ...gone })?.text).toBe('[taken back]');
  });

  it('words that were erased: that they were', () => {
    expect(portalMessage({ ...written, content: contentCell(ERASED) })?.text).toBe('[erased]');
  });
});
