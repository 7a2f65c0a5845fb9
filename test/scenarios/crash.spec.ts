import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { Graph } from '../harness/graph.js';
import { documents, type Message } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';
import { delivery, messagesChange, receiptChange, textItem } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

const accessToken = 'a token of the graph api outside';
const customers = Array.from({ length: 12 }, (_, index) => `4477009009${index + 10}`);
/** Acknowledgements after which the process is ended, in each round. */
const rounds = [40, 70, 100, 130, 160] as const;

let casement: Casement;
let talk: Talk;
let graph: Graph;

/** What a customer or a member has asked for, and whether anybody has said yes to it. */
type Asked = { readonly text: string; acknowledged: boolean };
type Side = { readonly inbound: Asked[]; readonly outbound: (Asked & { messageId?: string })[] };
const asked = new Map<string, Side>(
  customers.map((phone) => [phone, { inbound: [], outbound: [] }]),
);
const conversations = new Map<string, string>();

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
  for (const phone of customers) {
    const found = await talk.customerWrites(phone, 'Hello');
    conversations.set(phone, found.id);
  }
});
afterAll(async () => {
  await casement.remove();
  await graph.close();
});

/** As Meta does: the same item again until it was taken. */
const deliver = async (phone: string, message: Asked): Promise<void> => {
  const id = `wamid.${phone}.${message.text}`;
  const item = textItem({ from: phone, id, timestamp: seconds(), text: message.text });
  const body = delivery([messagesChange(casement.demo.number.phoneNumberId, [item])]);
  message.acknowledged = (await casement.deliver(body)).status === 200;
};

/** As a client does: the same key again until there was an answer. */
const send = async (phone: string, message: Asked & { messageId?: string }): Promise<void> => {
  const idempotencyKey = `${phone} ${message.text}`;
  const sent = await talk.sends(conversations.get(phone) ?? '', message.text, { idempotencyKey });
  if (sent.refusal !== null || sent.message === null) throw new Error(sent.refusal?.code);
  message.acknowledged = true;
  message.messageId = sent.message.id;
};

/** One side of one talk, one message after the other, until the process is gone. */
const speak = async (
  phone: string,
  side: keyof Side,
  onAcknowledged: () => void,
  isOver: () => boolean,
): Promise<void> => {
  const said = asked.get(phone)?.[side] ?? [];
  while (!isOver()) {
    const last = said.at(-1);
    const next =
      last && !last.acknowledged ? last : { text: `${side} ${said.length}`, acknowledged: false };
    if (next !== last) said.push(next);
    try {
      await (side === 'inbound' ? deliver(phone, next) : send(phone, next));
    } catch {
      return;
    }
    if (next.acknowledged) onAcknowledged();
  }
};

/** Both sides of every talk speak until so many were acknowledged; then the process is ended. */
const round = async (acknowledgements: number, end: () => Promise<unknown>): Promise<void> => {
  let count = 0;
  let isOver = false;
  let ending: Promise<unknown> = Promise.resolve();
  const onAcknowledged = (): void => {
    count += 1;
    if (count !== acknowledgements) return;
    isOver = true;
    ending = end();
  };
  await Promise.all(
    customers.flatMap((phone) =>
      (['inbound', 'outbound'] as const).map((side) =>
        speak(phone, side, onAcknowledged, () => isOver),
      ),
    ),
  );
  expect(isOver).toBe(true);
  await ending;
};

const acknowledgedOf = (phone: string, side: keyof Side): readonly string[] =>
  (asked.get(phone)?.[side] ?? []).filter((each) => each.acknowledged).map(({ text }) => text);

const textsOf = async (
  phone: string,
  direction: string,
): Promise<readonly (string | undefined)[]> =>
  (await talk.messages(conversations.get(phone) ?? ''))
    .filter((message) => message.direction === direction)
    .map(({ content }) => content.text);

/** Everything that was acknowledged, and at most what was asked beyond it: once, in order. */
const expectEverything = async (phone: string): Promise<void> => {
  for (const [side, direction] of [
    ['inbound', 'INBOUND'],
    ['outbound', 'OUTBOUND'],
  ] as const) {
    const acknowledged = acknowledgedOf(phone, side);
    const shown = await eventually(`what was acknowledged ${direction} of ${phone}`, async () => {
      const texts = (await textsOf(phone, direction)).filter((text) => text !== 'Hello');
      return texts.length >= acknowledged.length && texts;
    });
    const all = (asked.get(phone)?.[side] ?? []).map(({ text }) => text);
    expect(shown).toEqual(all.slice(0, shown.length));
  }
};

describe('a process that is ended under load', () => {
  it.each(rounds)(
    'P1 P8 F1 F2 F3: killed after %i acknowledgements, it has lost none of them',
    async (acknowledgements) => {
      await round(acknowledgements, () => casement.kill());
      await casement.restart();
      for (const phone of customers) await expectEverything(phone);
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
    for (const phone of customers) await expectEverything(phone);
  });

  it('P9 P10 F4 F5 F6 F7: nothing was sent twice, and nothing silently not', async () => {
    // What had no answer when the process was killed is asked again, with the same key.
    for (const phone of customers)
      for (const message of asked.get(phone)?.outbound ?? [])
        if (!message.acknowledged) await send(phone, message);
    // The time after which a dispatch whose dispatcher is gone is held to be unknown.
    await casement.simulator.moves({ advance: 'PT3M' });
    const settled = new Map<string, readonly Message[]>();
    for (const phone of customers) {
      const id = conversations.get(phone) ?? '';
      const all = await eventually(`an end of everything sent to ${phone}`, async () => {
        const sent = (await talk.messages(id)).filter(({ direction }) => direction === 'OUTBOUND');
        return sent.every(({ status }) => status !== 'PENDING' && status !== 'SENT') && sent;
      });
      const messages = asked.get(phone)?.outbound ?? [];
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
