import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { followerLimits } from '#engine';
import { Cluster, type Member } from '../harness/cluster.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { Graph } from '../harness/graph.js';
import { Load, type Asked } from '../harness/load.js';
import { documents, type ConversationChange } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';
import { delivery, receiptChange } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

const { leaseMs } = followerLimits;
const customers = Array.from({ length: 8 }, (_, index) => `4477009008${index + 10}`);
const messagesInOrder = 100;
/** More than a new worker needs to begin once the lease is over. */
const takenOverWithinMs = 2 * leaseMs;

let cluster: Cluster;
let graph: Graph;
let load: Load;
let turn = 0;

/** The gateways take turns, as behind a balancer. */
const anyGateway = (): Member => {
  turn += 1;
  const gateway = cluster.gateways[turn % cluster.gateways.length];
  if (gateway === undefined) throw new Error('there is no gateway');
  return gateway;
};

beforeAll(async () => {
  graph = await Graph.listen(async ({ wamid, to, phoneNumberId, callbackData }) => {
    const timestamp = Math.floor(Date.now() / 1000);
    const receipt = { wamid, to, status: 'delivered', timestamp, callbackData };
    const body = delivery([receiptChange(phoneNumberId, receipt)]);
    return (await anyGateway().deliver(body)).status === 200;
  });
  cluster = await Cluster.found({ WHATSAPP_GRAPH_URL: graph.url });
  await Promise.all([
    cluster.startGateway(),
    cluster.startGateway(),
    cluster.startWorker(),
    cluster.startWorker(),
  ]);
  load = new Load(anyGateway);
  await load.begins(customers);
});
afterAll(async () => {
  await cluster?.remove();
  await graph?.close();
});

/** The load goes on for as long as `work` does. */
const underLoad = async (work: () => Promise<void>): Promise<void> => {
  let isOver = false;
  const speaking = load.persists(() => isOver);
  try {
    await work();
  } finally {
    isOver = true;
    await speaking;
  }
};

/** Messages that have been sent and delivered, of all that were asked for. */
const isAllDelivered = async (): Promise<void> => {
  const talk = new Talk(anyGateway());
  for (const phone of load.customers)
    await eventually(`everything delivered to ${phone}`, async () => {
      const all = await talk.messages(load.conversationOf(phone));
      const sent = all.filter(({ direction }) => direction === 'OUTBOUND');
      const open = sent.filter(({ status }) => status !== 'DELIVERED');
      if (open.length > 0) throw new Error(`one is ${open[0]?.status}`);
      return sent.length === load.sentTo(phone).length;
    });
};

/** The provider has accepted each message once, however many processes there were. */
const isSentOnce = (): void => {
  const accepted = graph.accepted.map(({ to, text }) => `${to} ${text}`).toSorted();
  const asked = load.customers.flatMap((phone) =>
    load.sentTo(phone).map(({ text }) => `${phone} ${text}`),
  );
  expect(accepted).toEqual(asked.toSorted());
};

/** A message that is sent from now on and delivered: somebody is at work. */
const isAtWork = async (): Promise<void> => {
  const [phone = ''] = load.customers;
  await load.speaks(1, () => undefined);
  const talk = new Talk(anyGateway());
  await eventually(
    'a worker that sends',
    async () => {
      const all = await talk.messages(load.conversationOf(phone));
      return all.findLast(({ direction }) => direction === 'OUTBOUND')?.status === 'DELIVERED';
    },
    takenOverWithinMs,
  );
};

describe('two gateways and two workers', () => {
  it('P6: what is sent by one gateway reaches a subscriber of the other, in order', async () => {
    const [one, other] = cluster.gateways;
    const [phone = ''] = load.customers;
    if (one === undefined || other === undefined) throw new Error('there are two');
    const id = load.conversationOf(phone);
    const { position } = await new Talk(other).conversation(id);
    const variables = { id, after: position };
    const told = other.subscribe<ConversationChange>(
      'agent',
      documents.conversationChanged,
      variables,
    );
    const sent: Asked[] = [];
    for (let count = 0; count < messagesInOrder; count += 1) {
      const text = `in order ${count}`;
      const { id: messageId } = await new Talk(one).sendsWell(id, text);
      sent.push({ text, messageId, acknowledged: true });
    }
    const requested = () =>
      told.received
        .map(({ conversationChanged }) => conversationChanged)
        .filter(({ event }) => event.type === 'MessageRequested');
    await eventually('all of them', () => requested().length >= messagesInOrder);
    expect(requested().map(({ message }) => message?.id)).toEqual(sent.map(({ messageId }) => messageId));
    const revisions = told.received.map(({ conversationChanged: { event } }) => event.revision);
    expect(revisions).toEqual(revisions.map((_, index) => (revisions[0] ?? 0) + index));
    await told.close();
    load.alsoSent(phone, sent);
  });

  it('F13: a worker that is killed under load is replaced within its lease; nothing is lost or sent twice', async () => {
    await underLoad(async () => {
      for (const worker of [...cluster.workers]) {
        await load.hears(40);
        await worker.end('SIGKILL');
        cluster.forget(worker);
        await isAtWork();
        await cluster.startWorker();
      }
    });
    await load.isWhole();
    await isAllDelivered();
    isSentOnce();
  });

  it('O14: a worker that slept for twice its lease does nothing more that counts', async () => {
    await underLoad(async () => {
      for (const worker of cluster.workers) {
        await load.hears(40);
        worker.signal('SIGSTOP');
        await wait(2 * leaseMs);
        worker.signal('SIGCONT');
        await load.hears(40);
      }
    });
    await load.isWhole();
    await isAllDelivered();
    isSentOnce();
  });

  it('P22: each of them ends at SIGTERM with 0 while the others go on, and nothing is lost', async () => {
    await underLoad(async () => {
      await cluster.startGateway();
      await cluster.startWorker();
      const [gateway, worker] = [cluster.gateways[0], cluster.workers[0]];
      for (const member of [worker, gateway]) {
        if (member === undefined) throw new Error('there are some');
        cluster.forget(member);
        expect((await member.end('SIGTERM')).code).toBe(0);
        await load.hears(40);
      }
    });
    await load.isWhole();
    await isAllDelivered();
    isSentOnce();
  });
});
