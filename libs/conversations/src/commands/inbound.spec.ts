import { describe, expect, it } from '@jest/globals';
import { NotYet } from '#kernel';
import type { MessageItem, StatusItem } from '#channels/whatsapp';
import { writeCallbackData } from '../domain/callback-data.js';
import { after, daniel, noon, number, reply, thread } from '../spec/people.js';
import { bridging } from '../spec/wishes.js';
import { earlierProviderId, inboundMessageId, inboundWish } from './inbound-message.js';
import { inboundReceipt } from './inbound-receipt.js';

const between = {
  threadId: thread,
  contactId: daniel,
  numberId: number,
  at: after(9),
  receivedAt: after(7),
  fingerprint: 'f'.repeat(32),
};
const place = { ...between, earlierFingerprint: null };
const message: MessageItem = {
  kind: 'message',
  item: 'i',
  partition: 'p',
  phoneNumberId: '1070',
  customer: { waId: '447700900281' },
  providerMessageId: 'wamid.1',
  sentAt: noon,
  content: { kind: 'text', text: 'Hi' },
  surroundings: { forwarded: 'no', referral: null, referredProduct: null },
  opensWindow: true,
};
const status: StatusItem = {
  kind: 'status',
  item: 'i',
  partition: 'p',
  phoneNumberId: '1070',
  providerMessageId: 'wamid.1',
  status: 'delivered',
  at: noon,
};

describe('an inbound message', () => {
  it('becomes a wish with both times, and an id that is the same each time', () => {
    expect(inboundWish(message, place)).toEqual({
      type: 'ReceiveCustomerMessage',
      ...between,
      quotedFingerprint: null,
      messageId: inboundMessageId(place.fingerprint),
      channel: 'WHATSAPP',
      providerMessageId: 'wamid.1',
      content: { kind: 'text', text: 'Hi', extras: {} },
      claimedAt: noon,
      opensWindow: true,
    });
    expect(inboundMessageId(place.fingerprint)).toMatch(/^[a-z0-9]{24}$/);
  });

  it('keeps what came with the words', () => {
    const referral = { source_id: '9' };
    const surroundings = { forwarded: 'often' as const, referral, referredProduct: null };
    expect(inboundWish({ ...message, surroundings }, place)).toMatchObject({
      content: { kind: 'text', text: 'Hi', extras: { forwarded: 'often', referral } },
    });
  });

  it('F20: keeps whole what it cannot read, whatever it is', () => {
    const raw = (told: string | object) => {
      const content = { kind: 'unsupported' as const, type: 'image', raw: told as never };
      return inboundWish({ ...message, content }, place);
    };
    expect(raw({ image: {} })).toMatchObject({
      content: { kind: 'unsupported', type: 'image', raw: { image: {} } },
    });
    expect(raw('odd')).toMatchObject({
      content: { kind: 'unsupported', type: 'image', raw: { value: 'odd' } },
    });
  });
});

describe('whatever else a customer does', () => {
  const { kind: _, content, surroundings, opensWindow: __, ...told } = message;
  const about = { ...place, earlierFingerprint: 'e'.repeat(32) };

  it('R002, Q04: a reaction, a call, an edit and a revocation are wishes of their own', () => {
    const target = { targetProviderMessageId: 'wamid.0' };
    expect([
      inboundWish({ ...told, ...target, kind: 'reaction', emoji: null }, about),
      inboundWish({ ...told, kind: 'call', how: 'answered' }, place),
      inboundWish({ ...told, ...target, kind: 'edit', content }, about),
      inboundWish({ ...told, ...target, kind: 'revoke' }, about),
    ]).toMatchObject([
      { type: 'ReceiveCustomerReaction', emoji: null, targetFingerprint: 'e'.repeat(32) },
      { type: 'ReceiveCustomerCall', how: 'ANSWERED', claimedAt: noon },
      { type: 'EditCustomerMessage', content: { text: 'Hi' }, targetFingerprint: 'e'.repeat(32) },
      { type: 'RevokeCustomerMessage', targetFingerprint: 'e'.repeat(32), receivedAt: after(7) },
    ]);
  });

  it('an echo of the business app is a wish with its words and an id that stays', () => {
    expect(inboundWish({ ...told, kind: 'echo', content, surroundings }, about)).toMatchObject({
      type: 'EchoBusinessMessage',
      messageId: inboundMessageId(place.fingerprint),
      content: { kind: 'text', text: 'Hi', extras: {} },
      quotedFingerprint: 'e'.repeat(32),
    });
  });

  it('names the earlier message that it is about, or none', () => {
    expect(earlierProviderId(message)).toBeNull();
    expect(earlierProviderId({ ...message, quotedProviderMessageId: 'wamid.q' })).toBe('wamid.q');
    const revocation = { ...told, kind: 'revoke' as const, targetProviderMessageId: 'wamid.0' };
    expect(earlierProviderId(revocation)).toBe('wamid.0');
    expect(earlierProviderId({ ...told, kind: 'call', how: 'called' })).toBeNull();
  });
});

describe('an inbound receipt', () => {
  it('F16: is led by our own words to the attempt that it is about', () => {
    const callbackData = writeCallbackData({ thread, message: reply, attempt: 2 });
    const { threadId, command } = inboundReceipt({ ...status, callbackData }, 'print', after(9));
    expect(threadId).toBe(thread);
    expect(command(null)).toEqual({
      type: 'RecordReceipt',
      at: after(9),
      attempt: { messageId: reply, number: 2 },
      fingerprint: 'print',
      receipt: 'DELIVERED',
      receiptAt: noon,
      failed: null,
      pricing: null,
    });
  });

  it('is found by its fingerprint when the words are not ours', () => {
    for (const told of [{}, { callbackData: 'somebody else’s' }]) {
      const { threadId, command } = inboundReceipt({ ...status, ...told }, 'print', noon);
      expect([threadId, command(null).attempt]).toEqual([null, null]);
    }
  });

  it('R015, R106, R107: tells of a failure its class and the words of WhatsApp', () => {
    const error = {
      code: '131047',
      title: 'Re-engagement',
      message: null,
      details: 'More than 24 hours',
    };
    const { command } = inboundReceipt({ ...status, status: 'failed', error }, 'print', noon);
    expect(command(bridging)).toMatchObject({
      receipt: 'FAILED',
      failed: {
        failure: {
          reason: 'window_expired',
          message: 'A template message is required outside the 24-hour messaging window.',
          providerCode: '131047',
          providerMessage: 'More than 24 hours',
        },
        terms: bridging,
      },
    });
  });

  it('is a failure also when no reason is given, and none when it is no failure', () => {
    const { command } = inboundReceipt({ ...status, status: 'failed' }, 'print', noon);
    const { failed } = command(bridging);
    expect(failed?.failure).toMatchObject({ providerCode: 'none', providerMessage: null });
    const error = { code: '1', title: null, message: null, details: null };
    const told = inboundReceipt({ ...status, error }, 'print', noon);
    expect([told.isFailed, told.command(null).failed]).toEqual([false, null]);
  });

  it('F16: waits ten minutes for a message that is not known yet', () => {
    const { unknownYet } = inboundReceipt(status, 'print', noon);
    expect(unknownYet).toBeInstanceOf(NotYet);
    expect(unknownYet.giveUpAfterMs).toBe(600_000);
  });
});
