import { expect } from '@jest/globals';
import { Cluster, type Member } from './cluster.js';
import { eventually } from './eventually.js';
import { Graph } from './graph.js';
import { Load } from './load.js';
import { Talk } from './talk.js';
import { delivery, receiptChange } from './webhook.js';

const customers = Array.from({ length: 8 }, (_, index) => `4477009008${index + 10}`);

/**
 * Two gateways and two workers, customers and staff who talk through whichever gateway is next, and a
 * Graph API that knows what it has accepted.
 */
export class ClusterUnderLoad {
  private turn = 0;
  readonly load = new Load(() => this.anyGateway());

  private constructor(
    readonly cluster: Cluster,
    private readonly graph: Graph,
  ) {}

  static async begin(): Promise<ClusterUnderLoad> {
    let all: ClusterUnderLoad | null = null;
    const graph = await Graph.listen(async ({ wamid, to, phoneNumberId, callbackData }) => {
      const timestamp = Math.floor(Date.now() / 1000);
      const receipt = { wamid, to, status: 'delivered', timestamp, callbackData };
      const body = delivery([receiptChange(phoneNumberId, receipt)]);
      return (await all?.anyGateway().deliver(body))?.status === 200;
    });
    const cluster = await Cluster.found({ WHATSAPP_GRAPH_URL: graph.url });
    all = new ClusterUnderLoad(cluster, graph);
    const gateways = [cluster.startGateway(), cluster.startGateway()];
    await Promise.all([...gateways, cluster.startWorker(), cluster.startWorker()]);
    await all.load.begins(customers);
    return all;
  }

  /** The gateways take turns, as behind a balancer. */
  anyGateway(): Member {
    const { gateways } = this.cluster;
    this.turn += 1;
    const gateway = gateways[this.turn % gateways.length];
    if (gateway === undefined) throw new Error('there is no gateway');
    return gateway;
  }

  /** The load goes on for as long as `work` does; what it has begun to say is said. */
  async whileTheySpeak(work: () => Promise<void>): Promise<void> {
    let isOver = false;
    const speaking = this.load.persists(() => isOver);
    try {
      await work();
    } finally {
      isOver = true;
      await speaking;
    }
  }

  /** A message that is sent now is delivered, in time. */
  async somebodySends(withinMs: number): Promise<void> {
    const [phone = ''] = this.load.customers;
    const id = this.load.conversationOf(phone);
    const talk = new Talk(this.anyGateway());
    const sent = this.load.sentTo(phone).findLast(({ acknowledged }) => acknowledged);
    const isDelivered = async () =>
      (await talk.message(id, sent?.messageId ?? ''))?.status === 'DELIVERED';
    await eventually('a worker that sends', isDelivered, withinMs);
  }

  /** Everything acknowledged is there, once and in order; each message was accepted once, and arrived. */
  async isWholeAndSentOnce(): Promise<void> {
    const { load, graph } = this;
    await load.isWhole();
    for (const phone of load.customers) await this.isDelivered(phone);
    const accepted = graph.accepted.map(({ to, text }) => `${to} ${text}`);
    const asked = load.customers.flatMap((phone) =>
      load.sentTo(phone).map(({ text }) => `${phone} ${text}`),
    );
    expect(accepted.toSorted()).toEqual(asked.toSorted());
  }

  async remove(): Promise<void> {
    await this.cluster.remove();
    await this.graph.close();
  }

  private async isDelivered(phone: string): Promise<void> {
    const talk = new Talk(this.anyGateway());
    await eventually(`everything delivered to ${phone}`, async () => {
      const all = await talk.messages(this.load.conversationOf(phone));
      const sent = all.filter(({ direction }) => direction === 'OUTBOUND');
      const open = sent.find(({ status }) => status !== 'DELIVERED');
      if (open !== undefined) throw new Error(`one is ${open.status}`);
      return sent.length === this.load.sentTo(phone).length;
    });
  }
}
