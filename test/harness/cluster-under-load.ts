import { expect } from '@jest/globals';
import { Cluster, type Member, type Node } from './cluster.js';
import { eventually } from './eventually.js';
import { Graph } from './graph.js';
import { Load } from './load.js';
import { Talk } from './talk.js';
import { delivery, receiptChange } from './webhook.js';

const customers = Array.from({ length: 8 }, (_, index) => `4477009008${index + 10}`);

const endings = new Set(['DELIVERED', 'NOT_CONFIRMED']);
/** Longer than it takes until a dispatch without an outcome is held to be unknown. */
const endedWithinMs = 180_000;

export type Beginning = {
  /** What is done with the stores before any process uses them. */
  readonly before?: (cluster: Cluster) => Promise<void>;
  /** Starts the log's server otherwise than in a process of its own. */
  readonly startNode?: (directory: string) => Promise<Node>;
};

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

  static async begin({ before, startNode }: Beginning = {}): Promise<ClusterUnderLoad> {
    let all: ClusterUnderLoad | null = null;
    const graph = await Graph.listen(async ({ wamid, to, phoneNumberId, callbackData }) => {
      const timestamp = Math.floor(Date.now() / 1000);
      const receipt = { wamid, to, status: 'delivered', timestamp, callbackData };
      const body = delivery([receiptChange(phoneNumberId, receipt)]);
      return (await all?.anyGateway().deliver(body))?.status === 200;
    });
    const cluster = await Cluster.found({ WHATSAPP_GRAPH_URL: graph.url }, startNode);
    all = new ClusterUnderLoad(cluster, graph);
    await before?.(cluster);
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
    let stage: 'going' | 'ending' | 'off' = 'going';
    const speaking = this.load.persists(() => stage);
    try {
      await work();
      stage = 'ending';
      await speaking;
    } finally {
      stage = 'off';
      await speaking;
    }
  }

  /** What customers have written so far is read by somebody and shown, in time. */
  async somebodyWorks(withinMs: number): Promise<void> {
    const talk = new Talk(this.anyGateway());
    const [phone = ''] = this.load.customers;
    const newest = this.load.heardFrom(phone).findLast(({ acknowledged }) => acknowledged);
    await eventually(
      'a worker that reads what customers write',
      async () => {
        const all = await talk.messages(this.load.conversationOf(phone));
        return all.some(({ content }) => content.text === newest?.text);
      },
      withinMs,
    );
  }

  /**
   * Everything acknowledged is there, once and in order. Each message was accepted once and has arrived,
   * or it was never accepted, and waits for a person to say what became of it.
   */
  async isWholeAndSentOnce(): Promise<void> {
    const { load, graph } = this;
    await load.isWhole();
    const arrived: string[] = [];
    for (const phone of load.customers)
      for (const text of await this.arrivedAt(phone)) arrived.push(`${phone} ${text}`);
    const accepted = graph.accepted.map(({ to, text }) => `${to} ${text}`);
    expect(accepted.toSorted()).toEqual(arrived.toSorted());
  }

  async remove(): Promise<void> {
    await this.cluster.remove();
    await this.graph.close();
  }

  /** Once nothing is under way any more. */
  private async arrivedAt(phone: string): Promise<readonly string[]> {
    const talk = new Talk(this.anyGateway());
    const ended = await eventually(
      `an end of everything sent to ${phone}`,
      async () => {
        const all = await talk.messages(this.load.conversationOf(phone));
        const sent = all.filter(({ direction }) => direction === 'OUTBOUND');
        const open = sent.find(({ status }) => !endings.has(status ?? ''));
        if (open !== undefined) throw new Error(`one is ${open.status}`);
        return sent.length === this.load.sentTo(phone).length && sent;
      },
      endedWithinMs,
    );
    return ended
      .filter(({ status }) => status === 'DELIVERED')
      .map(({ content }) => content.text ?? '');
  }
}
