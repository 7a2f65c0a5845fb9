import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(scenarioMsMax);

let casement: Casement;
let talk: Talk;

beforeAll(async () => {
  casement = await Casement.start();
  talk = new Talk(casement);
});
afterAll(() => casement.remove());
beforeEach(() => casement.simulator.mood('normal'));

/** A message that the provider took, and whose answer and receipts have not come back. */
const unconfirmed = async (phone: string, mood: object) => {
  const { id } = await talk.customerWrites(phone, 'Hello');
  await casement.simulator.mood({ receiptDelayMs: 5, loseAnswer: 1, ...mood });
  const sent = await talk.sendsWell(id, 'Did you get this?');
  const message = await talk.messageThatIs('NOT_CONFIRMED', id, sent.id);
  const attempts = async () =>
    (await casement.simulator.outbox(phone)).map(({ text, callbackData }) => ({
      text,
      attempt: callbackData?.split('.').at(-1),
    }));
  expect(await attempts()).toEqual([{ text: 'Did you get this?', attempt: '1' }]);
  return { id, message, attempts };
};

const once = [{ text: 'Did you get this?', attempt: '1' }];
const twice = [...once, { text: 'Did you get this?', attempt: '2' }];

describe('a message whose answer was lost after the provider had accepted it', () => {
  it('F29 P9: is not confirmed, until its receipts say that it arrived', async () => {
    const { id, message, attempts } = await unconfirmed('447700900601', { holdReceipts: true });
    await eventually('three receipts on their way', async () => {
      return (await casement.simulator.heldReceipts()) === 3;
    });
    expect((await talk.message(id, message.id))?.status).toBe('NOT_CONFIRMED');
    await casement.simulator.releaseReceipts();
    const read = await talk.messageThatIs('READ', id, message.id);
    expect(read.statusTimes.map(({ status }) => status)).toEqual(
      expect.arrayContaining(['NOT_CONFIRMED', 'SENT', 'DELIVERED', 'READ']),
    );
    expect(await attempts()).toEqual(once);
    const settled = await talk.resolves(message.id, 'SEND_AGAIN');
    expect(settled.refusal).toMatchObject({ code: 'MESSAGE_NOT_UNCONFIRMED' });
    expect(await attempts()).toEqual(once);
  });

  it('P10: is settled by a person who knows that it arrived', async () => {
    const { id, message, attempts } = await unconfirmed('447700900602', { receipts: 'manual' });
    const settled = await talk.resolves(message.id, 'ARRIVED');
    expect(settled).toMatchObject({ refusal: null, message: { id: message.id, status: 'SENT' } });
    const next = await talk.sendsWell(id, 'Next');
    await eventually('the next one at the double', async () => (await attempts()).length === 2);
    expect((await attempts())[1]).toEqual({ text: 'Next', attempt: '1' });
    expect((await talk.message(id, next.id))?.status).not.toBe('FAILED');
  });

  it('P9 P10: goes out exactly once more for a person who says so, however often', async () => {
    const { id, message, attempts } = await unconfirmed('447700900603', { receipts: 'manual' });
    await casement.simulator.mood({ receipts: 'auto' });
    const payloads = await Promise.all(
      Array.from({ length: 10 }, () => talk.resolves(message.id, 'SEND_AGAIN', 'again')),
    );
    expect(payloads.map(({ refusal }) => refusal)).toEqual(payloads.map(() => null));
    await talk.messageThatIs('READ', id, message.id);
    expect(await attempts()).toEqual(twice);
    const other = await talk.resolves(message.id, 'SEND_AGAIN');
    expect(other.refusal).toMatchObject({ code: 'MESSAGE_NOT_UNCONFIRMED' });
    expect(await attempts()).toEqual(twice);
  });

  it('does not hold up what was asked for after it', async () => {
    const { id, message, attempts } = await unconfirmed('447700900604', { receipts: 'manual' });
    await casement.simulator.mood({ receipts: 'auto' });
    const next = await talk.sendsWell(id, 'Next');
    await talk.messageThatIs('READ', id, next.id);
    expect((await talk.message(id, message.id))?.status).toBe('NOT_CONFIRMED');
    expect(await attempts()).toHaveLength(2);
  });

  it('F5 F7 P9: is not sent by a restart, which still shows it as it was', async () => {
    const { id, message } = await unconfirmed('447700900605', { receipts: 'manual' });
    await casement.kill();
    await casement.restart();
    const kept = await talk.messageThatIs('NOT_CONFIRMED', id, message.id);
    expect(kept).toEqual(message);
    const sent = await talk.sendsWell(id, 'After the restart');
    await talk.messageThatIs('READ', id, sent.id);
    const texts = (await casement.simulator.outbox('447700900605')).map(({ text }) => text);
    expect(texts).toEqual(['After the restart']);
  });
});
