import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { Graph } from '../harness/graph.js';
import { Load } from '../harness/load.js';
import { documents, type Message } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';
import { delivery, receiptChange } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

const accessToken = 'a token of the graph api outside';
const customers = Array.from({ length: 12 }, (_, index) => `4477009009${index + 10}`);
/** Acknowledgements after which the process is ended, in each round. */
const rounds = [40, 70, 100, 130, 160] as const;

let casement: Casement;
let talk: Talk;
let graph: Graph;
let load: Load;

const seconds = (): number => Math.floor(Date.now() / 1000);

beforeAll(async () => {
  graph = await Graph.listen(async ({ wamid, to, phoneNumberId, callbackData }) => {
    const receipt = { wamid, to, status: 'delivered', timestamp: seconds(), callbackData };
    const body = delivery([receiptChange(phoneNumberId, receipt)]);
    return (await casement.deliver(body)).status === 200;
  });
  casement = await Casement.start({
    environment: { WHATSAPP_GRAPH_URL: graph.url, WHATSAPP_ACCESS_TOKEN: accessToken },
  });
  talk = new Talk(casement);
  load = new Load(() => casement);
  await load.begins(customers);
});
afterAll(async () => {
  await casement.remove();
  await graph.close();
});

/** Both sides of every talk speak until so many were acknowledged; then the process is ended. */
const round = async (acknowledgements: number, end: () => Promise<unknown>): Promise<void> => {
  const endings: Promise<unknown>[] = [];
  await load.speaks(acknowledgements, () => endings.push(end()));
  expect(endings).toHaveLength(1);
  await Promise.all(endings);
};

describe('a process that is ended under load', () => {
  it.each(rounds)(
    'P1 P8 F1 F2 F3: killed after %i acknowledgements, it has lost none of them',
    async (acknowledgements) => {
      await round(acknowledgements, () => casement.kill());
      await casement.restart();
      await load.isWhole();
      await talk.customerWrites('447700900999', `after ${acknowledgements}: followers go on`);
    },
  );

  it('P22: at SIGTERM it ends with 0, whoever listens, and has lost nothing', async () => {
    let code: number | null = null;
    const after = await talk.position();
    const inbox = casement.subscribe('agent', documents.inboxChanged, { after });
    const watched = await casement.get('/simulator/events');
    expect(watched.status).toBe(200);
    await round(60, async () => {
      ({ code } = await casement.stop());
    });
    expect(code).toBe(0);
    await inbox.close();
    await watched.body?.cancel().catch(() => undefined);
    await casement.restart();
    await load.isWhole();
  });

  it('P9 P10 F4 F5 F6 F7: nothing was sent twice, and nothing silently not', async () => {
    // What had no answer when the process was killed is asked again, with the same key.
    await load.sendsAgain();
    // The time after which a dispatch whose dispatcher is gone is held to be unknown.
    await casement.simulator.moves({ advance: 'PT3M' });
    const settled = new Map<string, readonly Message[]>();
    for (const phone of customers) {
      const id = load.conversationOf(phone);
      const all = await eventually(`an end of everything sent to ${phone}`, async () => {
        const sent = (await talk.messages(id)).filter(({ direction }) => direction === 'OUTBOUND');
        return sent.every(({ status }) => status !== 'PENDING' && status !== 'SENT') && sent;
      });
      const messages = load.sentTo(phone);
      expect(all.map((message) => message.id)).toEqual(messages.map((each) => each.messageId));
      settled.set(phone, all);
    }
    const attempts = graph.accepted.map(({ callbackData }) => callbackData);
    expect(new Set(attempts).size).toBe(attempts.length);
    const accepted = new Set(graph.accepted.map(({ to, text }) => `${to} ${text}`));
    expect(accepted.size).toBe(attempts.length);
    for (const [phone, messages] of settled)
      for (const message of messages) {
        const wasAccepted = accepted.has(`${phone} ${message.content.text ?? ''}`);
        expect(message.status).toBe(wasAccepted ? 'DELIVERED' : 'NOT_CONFIRMED');
      }
  });
});
