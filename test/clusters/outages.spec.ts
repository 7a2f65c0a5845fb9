import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startNode, type EventStoreDbNode } from '../eventstoredb-node/node.js';
import { ClusterUnderLoad } from '../harness/cluster-under-load.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';

jest.setTimeout(2 * scenarioMsMax);

/** What is down stays down for so long. */
const outageMs = 60_000;
/** Those who had begun when the log went may have waited in vain, each for itself, within this time. */
const foundOutWithinMs = 15_000;
/**
 * From then on nobody waits until some time is out. How fast a no is told on a quiet machine is for a
 * bench to say: here it is held against the minute that the log is gone.
 */
const refusedWithinMs = 10_000;
const usuallyRefusedWithinMs = 1_000;

let all: ClusterUnderLoad;
let node: EventStoreDbNode;

beforeAll(async () => {
  const startHere = async (directory: string) => (node = await startNode({ directory }));
  all = await ClusterUnderLoad.begin({ startNode: startHere });
});
afterAll(() => all?.remove());

/** Each gateway and worker says what is wrong, or that nothing is. */
const everybodySays = (name: string | null): Promise<unknown> =>
  eventually(`everybody says ${name ?? 'that all is well'}`, async () => {
    const { gateways, workers } = all.cluster;
    const wrong = await Promise.all([...gateways, ...workers].map((each) => each.whyNotReady()));
    return wrong.every((why) => (name === null ? Object.keys(why).length === 0 : name in why));
  });

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

describe('under load', () => {
  it('F44: the log is gone for a minute: 503 at once, then everything catches up', async () => {
    const { cluster, load } = all;
    await all.whileTheySpeak(async () => {
      await load.hears(100);
      await node.connections.refuse();
      try {
        await everybodySays('log');
        await wait(foundOutWithinMs);
        load.refusedMs.length = 0;
        await wait(outageMs - foundOutWithinMs);
        expect(load.refusedMs.length).toBeGreaterThan(100);
        expect(median(load.refusedMs)).toBeLessThan(usuallyRefusedWithinMs);
        expect(Math.max(...load.refusedMs)).toBeLessThan(refusedWithinMs);
        const [gateway] = cluster.gateways;
        const delivered = await gateway?.deliver(JSON.stringify({ object: 'other', entry: [] }));
        expect(delivered?.status).toBe(503);
      } finally {
        await node.connections.accept();
      }
      await load.hears(100);
      await everybodySays(null);
    });
    await all.isWholeAndSentOnce();
  });

  it('F47: PostgreSQL is restarted, and once crashes: nothing is lost, and all are ready again', async () => {
    const { cluster, load } = all;
    await all.whileTheySpeak(async () => {
      for (const how of ['in order', 'at once'] as const) {
        await load.hears(100);
        await cluster.postgres.halt(how);
        await everybodySays('views');
        await cluster.postgres.resume();
        await load.hears(100);
        await everybodySays(null);
      }
    });
    await all.isWholeAndSentOnce();
  });

  it('F47: all connections to PostgreSQL are killed, five times', async () => {
    const { cluster, load } = all;
    await all.whileTheySpeak(async () => {
      for (let time = 0; time < 5; time += 1) {
        await load.hears(50);
        expect(await cluster.postgres.terminateConnections()).toBeGreaterThan(0);
      }
      await load.hears(50);
    });
    await everybodySays(null);
    await all.isWholeAndSentOnce();
  });
});
