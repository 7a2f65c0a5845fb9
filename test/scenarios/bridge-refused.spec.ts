import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Bridging, reasonOf } from '../harness/bridging.js';
import { Casement } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';
import type { Mood } from '../harness/simulator.js';

jest.setTimeout(scenarioMsMax);

const quickly = { receiptDelayMs: 5 };
const optedOut = { code: 21610, message: 'Attempt to send to unsubscribed recipient', times: 1 };
const noPhone = { code: 21211, message: "Invalid 'To' Phone Number", times: 1 };
const tooMany = { code: 20429, message: 'Too Many Requests', httpStatus: 429 };

let casement: Casement;
let bridging: Bridging;

beforeAll(async () => {
  casement = await Casement.start();
  bridging = new Bridging(casement);
  await casement.simulator.moves({ freeze: true });
});
afterAll(() => casement.remove());
beforeEach(async () => {
  await casement.simulator.twilioMood('normal');
  await casement.simulator.twilioMood(quickly);
});

/** An attempt in a closed window that asks for a bridge; what Twilio will say is the mood’s. */
const attempted = async (phone: string, mood: Mood) => {
  const id = await bridging.closedWithOne(phone);
  await casement.simulator.twilioMood(mood);
  const before = await bridging.talk.position();
  const attempt = await bridging.tries(id, 'Your car is ready.');
  // A quick no of Twilio's may be shown already.
  expect(reasonOf(attempt)).toMatch(/^window_expired_bridge_(sent|failed)$/);
  return { id, before, messageId: attempt.message?.id, bridgeId: attempt.bridge?.id };
};

/** An attempt was put off, and that is written down. */
const putOff = async (id: string, after: string, attempt: number): Promise<void> => {
  const facts = bridging.facts(id, after);
  await facts.until(`attempt ${attempt} put off`, ({ conversationChanged: { event } }) => {
    return event.type === 'DispatchDeferred' && event.data['attempt'] === attempt;
  });
  await facts.close();
};

describe('a bridge that Twilio refuses', () => {
  it('R095 F28: because of a STOP withdraws consent, until the customer texts START', async () => {
    const phone = '447700900301';
    const { id, messageId, bridgeId } = await attempted(phone, { refuse: optedOut });
    const failed = await bridging.failedFor('window_expired_bridge_failed', id, messageId);
    expect(failed.status).toBe('FAILED');
    const refused = await bridging.messageThatIs('FAILED', id, bridgeId);
    expect(refused.failure).toMatchObject({
      reason: 'opted_out',
      providerCode: '21610',
      providerMessage: optedOut.message,
    });
    expect((await bridging.thread(id)).bridgeEligibility.reason).toBe('SMS_OPTED_OUT');
    const next = await bridging.tries(id, 'Once more');
    expect(reasonOf(next)).toBe('window_expired_sms_opted_out');
    expect(await casement.simulator.smsOutbox(phone)).toEqual([]);

    await casement.simulator.moves({ advance: 'PT1S' });
    await casement.simulator.texts(phone, 'START');
    await bridging.talk.conversationThat('two customer messages', id, ({ unreadCount }) => {
      return unreadCount === 2;
    });
    expect((await bridging.thread(id)).bridgeEligibility.eligible).toBe(true);
    const bridged = await bridging.tries(id, 'On WhatsApp', { channel: 'WHATSAPP' });
    expect(reasonOf(bridged)).toBe('window_expired_bridge_sent');
    await bridging.messageThatIs('DELIVERED', id, bridged.bridge?.id);
    expect(await bridging.smsTo(phone)).toHaveLength(1);
  });

  it('R094 F28: because of the number is not tried again before a text comes from it', async () => {
    const phone = '447700900302';
    const { id, messageId, bridgeId } = await attempted(phone, { refuse: noPhone });
    await bridging.failedFor('window_expired_bridge_failed', id, messageId);
    const refused = await bridging.messageThatIs('FAILED', id, bridgeId);
    expect(refused.failure).toMatchObject({
      reason: 'invalid_phone_number',
      providerCode: '21211',
      retryable: false,
    });
    expect((await bridging.thread(id)).bridgeEligibility.reason).toBe('NO_PHONE');
    const next = await bridging.tries(id, 'Once more');
    expect(reasonOf(next)).toBe('window_expired_no_phone');
    await casement.simulator.texts(phone, 'It works again');
    await bridging.talk.conversationThat('two customer messages', id, ({ unreadCount }) => {
      return unreadCount === 2;
    });
    await casement.simulator.twilioMood('normal');
    await casement.simulator.twilioMood(quickly);
    const bridged = await bridging.tries(id, 'On WhatsApp', { channel: 'WHATSAPP' });
    expect(reasonOf(bridged)).toBe('window_expired_bridge_sent');
    await bridging.messageThatIs('DELIVERED', id, bridged.bridge?.id);
    expect(await bridging.smsTo(phone)).toHaveLength(1);
  });

  it('R086 F28: because of its content frees its place at once, and the attempt says so', async () => {
    const phone = '447700900303';
    const filtered = { code: 21602, title: 'No body', times: 1 };
    const { id, messageId } = await attempted(phone, { refuse: filtered });
    await bridging.failedFor('window_expired_bridge_failed', id, messageId);
    expect((await bridging.thread(id)).bridgeEligibility.eligible).toBe(true);
    const next = await bridging.tries(id, 'Once more');
    expect(reasonOf(next)).toBe('window_expired_bridge_sent');
    await bridging.messageThatIs('DELIVERED', id, next.bridge?.id);
    expect(await bridging.smsTo(phone)).toHaveLength(1);
    await bridging.failedFor('window_expired_bridge_failed', id, messageId);
  });
});

describe('a bridge that Twilio puts off', () => {
  it('F26: is sent, once, as soon as Twilio takes it', async () => {
    const phone = '447700900311';
    const busy = { refuse: { ...tooMany, times: 2 } };
    const { id, before, messageId, bridgeId } = await attempted(phone, busy);
    await putOff(id, before, 1);
    expect(await bridging.messageThatIs('PENDING', id, bridgeId)).toMatchObject({ failure: null });
    const next = await bridging.tries(id, 'Once more');
    expect(reasonOf(next)).toBe('window_expired_bridge_deduplicated');
    await casement.simulator.moves({ advance: 'PT2S' });
    await putOff(id, before, 2);
    await casement.simulator.moves({ advance: 'PT4S' });
    await bridging.messageThatIs('DELIVERED', id, bridgeId);
    await bridging.failedFor('window_expired_bridge_sent', id, messageId);
    expect(await bridging.smsTo(phone)).toHaveLength(1);
  });

  it('R092 C16: lapses after 15 minutes, frees its place, and is never sent', async () => {
    const phone = '447700900312';
    const { id, before, messageId, bridgeId } = await attempted(phone, { refuse: tooMany });
    await putOff(id, before, 1);
    await casement.simulator.moves({ advance: 'PT14M59.999S' });
    await putOff(id, before, 2);
    const waiting = await bridging.messageThatIs('PENDING', id, bridgeId);
    expect(waiting.failure).toBeNull();
    await bridging.failedFor('window_expired_bridge_sent', id, messageId);
    expect((await bridging.thread(id)).bridgeEligibility.eligible).toBe(false);

    await casement.simulator.moves({ advance: 'PT0.001S' });
    const lapsed = await bridging.messageThatIs('FAILED', id, bridgeId);
    expect(lapsed.failure).toMatchObject({
      reason: 'bridge_lapsed',
      message: 'The SMS could not be sent within 15 minutes.',
    });
    await bridging.failedFor('window_expired_bridge_failed', id, messageId);
    expect((await bridging.thread(id)).bridgeEligibility.eligible).toBe(true);

    await casement.simulator.twilioMood({ refuse: null });
    await casement.simulator.moves({ advance: 'PT1H' });
    expect(await casement.simulator.smsOutbox(phone)).toEqual([]);
    const next = await bridging.tries(id, 'Once more');
    await bridging.messageThatIs('DELIVERED', id, next.bridge?.id);
    expect(await bridging.smsTo(phone)).toHaveLength(1);
  });

  it('R082: is not sent any more once the customer has written on WhatsApp', async () => {
    const phone = '447700900313';
    const { id, before, messageId, bridgeId } = await attempted(phone, {
      refuse: { ...tooMany, times: 1 },
    });
    await putOff(id, before, 1);
    await bridging.talk.customerWrites(phone, 'I am here');
    await casement.simulator.moves({ advance: 'PT10S' });
    const ended = await bridging.messageThatIs('FAILED', id, bridgeId);
    expect(ended.failure?.reason).toBe('window_reopened');
    await bridging.failedFor('window_expired_bridge_failed', id, messageId);
    expect(await casement.simulator.smsOutbox(phone)).toEqual([]);
  });
});

describe('a bridge that Twilio takes and cannot deliver', () => {
  it('R090 R106: says so in Twilio’s words, and still counts as the one of its 24 hours', async () => {
    const phone = '447700900321';
    const unreachable = { failLater: { code: 30003, title: 'Unreachable destination handset' } };
    const { id, bridgeId } = await attempted(phone, unreachable);
    const failed = await bridging.messageThatIs('FAILED', id, bridgeId);
    expect(failed.failure).toMatchObject({ reason: 'handset_unreachable', providerCode: '30003' });
    const next = await bridging.tries(id, 'Once more');
    expect(reasonOf(next)).toBe('window_expired_bridge_deduplicated');
    expect(await bridging.smsTo(phone)).toHaveLength(1);
  });
});
