import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Bridging, windowSentence } from '../harness/bridging.js';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';

jest.setTimeout(scenarioMsMax);

const outsideWindow = {
  code: 131047,
  title: 'Re-engagement message',
  details: 'More than 24 hours have passed since the customer last replied.',
};
const busy = { code: 130429, title: 'Rate limit hit', httpStatus: 429, times: 1 };

let casement: Casement;
let bridging: Bridging;

beforeAll(async () => {
  casement = await Casement.start();
  bridging = new Bridging(casement);
  await casement.simulator.moves({ freeze: true });
  await casement.simulator.twilioMood({ receiptDelayMs: 5 });
});
afterAll(() => casement.remove());

/** Whatever has happened before lies a second and more in the past of what happens next. */
const timePasses = () => casement.simulator.moves({ advance: 'PT2S' });

/** A message in an open window, which we hold to be sendable. */
const sends = async (id: string, text: string) => {
  const { message, refusal } = await bridging.tries(id, text);
  expect(refusal).toBeNull();
  expect(message).toMatchObject({ insideWindow: true, failure: null });
  return message?.id;
};

describe('a window that closes on a message already on its way', () => {
  it('R015 R086 C04: WhatsApp’s late refusal leads to the same bridge as ours', async () => {
    const phone = '447700900301';
    const { id } = await bridging.talk.customerWrites(phone, 'Hello');
    await timePasses();
    await casement.simulator.mood({ receiptDelayMs: 5, failLater: outsideWindow });
    const messageId = await sends(id, 'Your car is ready.');
    const failed = await bridging.messageThatIs('FAILED', id, messageId);
    expect(failed.failure).toMatchObject({
      reason: 'window_expired_bridge_sent',
      message: windowSentence,
      providerCode: '131047',
      providerMessage: outsideWindow.details,
    });
    const [bridge] = await bridging.bridges(id);
    await bridging.messageThatIs('DELIVERED', id, bridge?.id);
    expect(bridge).toMatchObject({ channel: 'SMS', userId: null, aiGenerated: false });
    expect(await bridging.smsTo(phone)).toHaveLength(1);
    const { window, bridgeEligibility } = await bridging.thread(id);
    expect(window.status).toBe('EXPIRED');
    expect(bridgeEligibility.reason).toBe('ALREADY_BRIDGED');
  });

  it('R090 R091: two messages that are refused late are one SMS', async () => {
    const phone = '447700900302';
    const { id } = await bridging.talk.customerWrites(phone, 'Hello');
    await timePasses();
    const late = { receiptDelayMs: 5, failLater: outsideWindow, holdReceipts: true };
    await casement.simulator.mood(late);
    const sent = [await sends(id, 'One'), await sends(id, 'Two')];
    await eventually('four receipts on their way', async () => {
      return (await casement.simulator.heldReceipts()) === 4;
    });
    expect(await casement.simulator.outbox(phone)).toHaveLength(2);
    await casement.simulator.mood({ holdReceipts: false });
    const reasons = new Set<string | undefined>();
    for (const messageId of sent) {
      const { failure } = await bridging.messageThatIs('FAILED', id, messageId);
      reasons.add(failure?.reason);
    }
    // Which of the two is refused first is the provider's affair.
    expect(reasons).toEqual(
      new Set(['window_expired_bridge_sent', 'window_expired_bridge_deduplicated']),
    );
    const [bridge, ...more] = await bridging.bridges(id);
    expect(more).toEqual([]);
    await bridging.messageThatIs('DELIVERED', id, bridge?.id);
    expect(await bridging.smsTo(phone)).toHaveLength(1);
  });

  it('R015: there is no bridge when the customer has written since', async () => {
    const phone = '447700900303';
    const { id } = await bridging.talk.customerWrites(phone, 'Hello');
    await timePasses();
    const late = { receiptDelayMs: 5, failLater: outsideWindow, holdReceipts: true };
    await casement.simulator.mood(late);
    const messageId = await sends(id, 'One');
    await eventually('two receipts on their way', async () => {
      return (await casement.simulator.heldReceipts()) === 2;
    });
    await timePasses();
    await bridging.talk.customerWrites(phone, 'I am here');
    await casement.simulator.mood({ holdReceipts: false });
    const { failure } = await bridging.messageThatIs('FAILED', id, messageId);
    expect(failure).toMatchObject({ reason: 'window_expired', retryable: true });
    expect(await bridging.bridges(id)).toEqual([]);
    expect(await casement.simulator.smsOutbox(phone)).toEqual([]);
  });

  it('C15: a message that waits while its window closes leads to a bridge, and never leaves', async () => {
    const phone = '447700900304';
    const { id } = await bridging.talk.customerWrites(phone, 'Hello');
    await casement.simulator.mood('normal');
    await casement.simulator.mood({ refuse: busy });
    const { window } = await bridging.thread(id);
    const lastInstant = new Date(Date.parse(window.closesAt ?? '') - 1).toISOString();
    await casement.simulator.moves({ to: lastInstant });
    const before = await bridging.talk.position();
    const messageId = await sends(id, 'At the last moment');
    await bridging.fact('DispatchDeferred', id, before);
    await casement.simulator.moves({ advance: 'PT10S' });
    const failed = await bridging.failedFor('window_expired_bridge_sent', id, messageId);
    expect(failed).toMatchObject({ status: 'FAILED', failure: { message: windowSentence } });
    await bridging.smsTo(phone);
    expect(await casement.simulator.outbox(phone)).toEqual([]);
  });
});
