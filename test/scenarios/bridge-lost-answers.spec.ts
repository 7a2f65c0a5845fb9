import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Bridging, reasonOf } from '../harness/bridging.js';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { Twilio } from '../harness/twilio.js';

jest.setTimeout(scenarioMsMax);

/** A bridge whose request left us, and whose answer never came. */
const unconfirmed = async (bridging: Bridging, id: string) => {
  const before = await bridging.talk.position();
  const attempt = await bridging.tries(id, 'Your car is ready.');
  expect(reasonOf(attempt)).toBe('window_expired_bridge_sent');
  const bridge = await bridging.messageThatIs('NOT_CONFIRMED', id, attempt.bridge?.id);
  return { before, messageId: attempt.message?.id, bridgeId: bridge.id };
};

describe('a bridge that Twilio took, and whose answer was lost', () => {
  let casement: Casement;
  let bridging: Bridging;

  beforeAll(async () => {
    casement = await Casement.start();
    bridging = new Bridging(casement);
    await casement.simulator.moves({ freeze: true });
    await casement.simulator.twilioMood({ loseAnswer: 1, holdReceipts: true, receiptDelayMs: 5 });
  });
  afterAll(() => casement.remove());

  it('F29 R090: is not confirmed, then found by its code in Twilio’s list', async () => {
    const phone = '447700900301';
    const id = await bridging.closedWithOne(phone);
    const { before, messageId, bridgeId } = await unconfirmed(bridging, id);
    expect(await casement.simulator.smsOutbox(phone)).toMatchObject([{ answered: false }]);
    const meanwhile = await bridging.tries(id, 'Once more');
    expect(reasonOf(meanwhile)).toBe('window_expired_bridge_deduplicated');

    await casement.simulator.moves({ advance: 'PT10S' });
    const { message, event } = await bridging.fact('BridgeSmsSent', id, before);
    expect(event.data).toMatchObject({ messageId: bridgeId, segments: 1 });
    expect(message).toMatchObject({ id: bridgeId });
    // Accepted, as far as anybody knows: its receipts are still held back.
    await bridging.messageThatIs('PENDING', id, bridgeId);
    expect(await casement.simulator.heldReceipts()).toBe(2);
    await casement.simulator.twilioMood({ holdReceipts: false });
    await bridging.messageThatIs('DELIVERED', id, bridgeId);
    await bridging.failedFor('window_expired_bridge_sent', id, messageId);
    await casement.simulator.moves({ advance: 'PT15M' });
    expect(await casement.simulator.smsOutbox(phone)).toHaveLength(1);
  });

  it('F29: is settled by a receipt, if one comes before the list is read', async () => {
    const phone = '447700900302';
    const id = await bridging.closedWithOne(phone);
    await casement.simulator.twilioMood({ loseAnswer: 1, holdReceipts: true });
    const { before, bridgeId } = await unconfirmed(bridging, id);
    await eventually('two receipts on their way', async () => {
      return (await casement.simulator.heldReceipts()) === 2;
    });
    await casement.simulator.twilioMood({ holdReceipts: false });
    await bridging.messageThatIs('DELIVERED', id, bridgeId);
    await bridging.fact('BridgeSmsSent', id, before);
    await casement.simulator.moves({ advance: 'PT15M' });
    expect(await casement.simulator.smsOutbox(phone)).toHaveLength(1);
  });
});

describe('a bridge that Twilio did not take, and whose answer was lost', () => {
  let twilio: Twilio;
  let casement: Casement;
  let bridging: Bridging;

  beforeAll(async () => {
    twilio = await Twilio.listen();
    casement = await Casement.start({ environment: { TWILIO_API_URL: twilio.url } });
    bridging = new Bridging(casement);
    await casement.simulator.moves({ freeze: true });
  });
  afterAll(async () => {
    await casement.remove();
    await twilio.close();
  });

  it('F29 R090: is sent once more, with the same code, after two absences a minute apart', async () => {
    const phone = '447700900311';
    const id = await bridging.closedWithOne(phone);
    twilio.behaves = () => 'cut';
    const { before, messageId, bridgeId } = await unconfirmed(bridging, id);
    twilio.behaves = () => 'answer';
    await casement.simulator.moves({ advance: 'PT5S' });
    await bridging.fact('SmsNotListed', id, before);
    await casement.simulator.moves({ advance: 'PT59.999S' });
    expect(twilio.askedFor(phone)).toHaveLength(1);
    await bridging.messageThatIs('NOT_CONFIRMED', id, bridgeId);

    await casement.simulator.moves({ advance: 'PT0.001S' });
    await bridging.fact('BridgeSmsSent', id, before);
    const [first, second, ...more] = twilio.askedFor(phone).map(({ text }) => text);
    expect(second).toBe(first);
    expect(more).toEqual([]);
    expect(twilio.acceptedFor(phone)).toHaveLength(1);
    await bridging.messageThatIs('PENDING', id, bridgeId);
    await bridging.failedFor('window_expired_bridge_sent', id, messageId);
    await casement.simulator.moves({ advance: 'PT1H' });
    expect(twilio.askedFor(phone)).toHaveLength(2);
  });

  it('F29 R077: never a third time: then it is for a person, and its place stays taken', async () => {
    const phone = '447700900312';
    const id = await bridging.closedWithOne(phone);
    twilio.behaves = () => 'cut';
    const { before, messageId, bridgeId } = await unconfirmed(bridging, id);
    await casement.simulator.moves({ advance: 'PT5S' });
    await bridging.fact('SmsNotListed', id, before);
    await casement.simulator.moves({ advance: 'PT1M' });
    await eventually('the second request', () => twilio.askedFor(phone).length === 2);
    await bridging.messageThatIs('NOT_CONFIRMED', id, bridgeId);
    for (let minute = 0; minute < 20; minute += 1)
      await casement.simulator.moves({ advance: 'PT1M' });
    expect(twilio.askedFor(phone)).toHaveLength(2);
    expect(twilio.acceptedFor(phone)).toEqual([]);
    await bridging.messageThatIs('NOT_CONFIRMED', id, bridgeId);
    await bridging.failedFor('window_expired_bridge_sent', id, messageId);
    const next = await bridging.tries(id, 'Once more');
    expect(reasonOf(next)).toBe('window_expired_bridge_deduplicated');
    expect(twilio.askedFor(phone)).toHaveLength(2);
  });
});
