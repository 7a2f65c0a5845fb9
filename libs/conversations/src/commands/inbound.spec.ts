import { describe, expect, it } from '@jest/globals';
import { NotYet } from '#kernel';
import type { MessageItem, StatusItem } from '#channels/whatsapp';
import { writeCallbackData } from '../domain/callback-data.js';
import { after, daniel, noon, number, reply, thread } from '../spec/people.js';
import { bridging } from '../spec/wishes.js';
import { inboundMessage, inboundMessageId } from './inbound-message.js';
import { inboundReceipt } from './inbound-receipt.js';

const place = {
  threadId: thread,
  contactId: daniel,
  numberId: number,
  at: after(9),
  receivedAt: after(7),
  fingerprint: 'f'.repeat(32),
  quotedFingerprint: null,
};
const message: MessageItem = {
  kind: 'message',
  item: 'i',
  partition: 'p',
  phoneNumberId: '1070',
  customer: { waId: '447700900281' },
  providerMessageId: 'wamid.1',
  sentAt: noon,
  content: { kind: 'text', text: 'Hi', forwarded: 'no', referral: null, referredProduct: null },
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
    expect(inboundMessage(message, place)).toEqual({
      type: 'ReceiveCustomerMessage',
      ...place,
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
    const content = { ...message.content, forwarded: 'often', referral } as MessageItem['content'];
    expect(inboundMessage({ ...message, content }, place).content).toEqual({
      kind: 'text',
      text: 'Hi',
      extras: { forwarded: 'often', referral },
    });
  });

  it('F20: keeps whole what it cannot read, whatever it is', () => {
    const unsupported = (raw: string | object) =>
      inboundMessage(
        { ...message, content: { kind: 'unsupported', type: 'image', raw: raw as never } },
        place,
      ).content;
    expect(unsupported({ image: {} })).toEqual({
      kind: 'unsupported',
      type: 'image',
      raw: { image: {} },
    });
    expect(unsupported('odd')).toEqual({
      kind: 'unsupported',
      type: 'image',
      raw: { value: 'odd' },
    });
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
