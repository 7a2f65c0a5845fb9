import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { documents } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';
import { delivery, messagesChange, textItem } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

/** No file may grow beyond this: to the process it is a disk that has become full. */
const fileKiBMax = 4 * 1024;
/** So that the log is full long before the views, which do not hold raw bodies, are. */
const fillerBytes = 256 * 1024;
const deliveriesMax = 200;
const phone = '447700900961';

let casement: Casement;
let talk: Talk;
let conversationId: string;
const acknowledged: string[] = [];

beforeAll(async () => {
  // Of servers the disk is theirs.
  casement = await Casement.start({ fileKiBMax, isEmbedded: true });
  talk = new Talk(casement);
  ({ id: conversationId } = await talk.customerWrites(phone, 'Hello'));
});
afterAll(() => casement.remove());

/** A message with much beside it that is kept raw and of no meaning; the answer's status. */
const deliver = async (text: string): Promise<Response> => {
  const timestamp = Math.floor(Date.parse(await casement.simulator.now()) / 1000);
  const item = textItem({ from: phone, id: `wamid.full-${text}`, timestamp, text });
  const filler = { field: 'filler', value: 'x'.repeat(fillerBytes) };
  const { phoneNumberId } = casement.demo.number;
  return casement.deliver(delivery([messagesChange(phoneNumberId, [item]), filler]));
};

const shown = async (): Promise<readonly (string | undefined)[]> =>
  (await talk.messages(conversationId)).map(({ content }) => content.text);

const ready = async () => {
  const response = await casement.get('/health/ready');
  const { checks } = (await response.json()) as {
    checks: readonly { name: string; ok: boolean; reason: string | null }[];
  };
  return { status: response.status, not: checks.filter(({ ok }) => !ok) };
};

describe('a log that cannot be written any more', () => {
  it('F44 F45 P8: answers webhooks with 503, so that they come again', async () => {
    expect((await ready()).status).toBe(200);
    let refused: Response | null = null;
    for (let count = 0; count < deliveriesMax && refused === null; count += 1) {
      const response = await deliver(`number ${count}`);
      if (response.status === 200) acknowledged.push(`number ${count}`);
      else refused = response;
    }
    expect(refused?.status).toBe(503);
    expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(acknowledged.length).toBeGreaterThan(3);
  });

  it('F44 F45: is not ready, and names the log', async () => {
    const found = await eventually('that it is not ready', async () => {
      const answer = await ready();
      return answer.status === 503 && answer;
    });
    expect(found.not).toEqual([{ name: 'log', ok: false, reason: expect.any(String) }]);
    expect((await casement.get('/health/live')).status).toBe(200);
  });

  it('F44 F45: answers mutations with STORE_UNAVAILABLE', async () => {
    const input = { conversationId, text: 'Anyone?', idempotencyKey: 'while full' };
    const { data, errors } = await casement.ask('agent', documents.send, { input });
    expect(data).toBeNull();
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['STORE_UNAVAILABLE']);
  });

  it('F44: goes on answering queries', async () => {
    expect((await talk.conversation(conversationId)).window.status).toBe('OPEN');
    expect(await shown()).toContain('Hello');
  });

  it('P1 F45: has everything that it acknowledged after a restart with room', async () => {
    await casement.stop();
    await casement.restart();
    await eventually('all that was acknowledged', async () => {
      return (await shown()).length >= 1 + acknowledged.length;
    });
    expect((await shown()).slice(0, 1 + acknowledged.length)).toEqual(['Hello', ...acknowledged]);
    expect((await ready()).status).toBe(200);
    const { refusal, message } = await talk.sends(conversationId, 'Anyone?', {
      idempotencyKey: 'while full',
    });
    expect(refusal).toBeNull();
    await talk.messageThatIs('READ', conversationId, message?.id ?? '');
    const sent = await casement.simulator.outbox(phone);
    expect(sent.map(({ text }) => text)).toEqual(['Anyone?']);
  });
});
