import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { followerLimits } from '#engine';
import { ClusterUnderLoad } from '../harness/cluster-under-load.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import type { Asked } from '../harness/load.js';
import { documents, type ConversationChange } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(2 * scenarioMsMax);

const { leaseMs } = followerLimits;
const messagesInOrder = 100;
/** The lease of who is gone has to run out, and what was left behind is done first, on any machine. */
const takenOverWithinMs = 6 * leaseMs;

let all: ClusterUnderLoad;

beforeAll(async () => {
  all = await ClusterUnderLoad.begin();
});
afterAll(() => all?.remove());

describe('two gateways and two workers', () => {
  it('P6: what is sent by one gateway reaches a subscriber of the other, in order', async () => {
    const { cluster, load } = all;
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
    expect(requested().map(({ message }) => message?.id)).toEqual(
      sent.map(({ messageId }) => messageId),
    );
    const revisions = told.received.map(({ conversationChanged: { event } }) => event.revision);
    expect(revisions).toEqual(revisions.map((_, index) => (revisions[0] ?? 0) + index));
    await told.close();
    load.alsoSent(phone, sent);
  });

  it('P9 P10: a worker that is killed is replaced within its lease, and nothing is sent twice', async () => {
    const { cluster, load } = all;
    await all.whileTheySpeak(async () => {
      const first = cluster.workers.slice();
      for (const worker of first) {
        await load.hears(40);
        cluster.forget(worker);
        await worker.end('SIGKILL');
        await all.somebodyWorks(takenOverWithinMs);
        await cluster.startWorker();
      }
    });
    await all.isWholeAndSentOnce();
  });

  it('O14: a worker that slept for twice its lease does nothing more that counts', async () => {
    const { cluster, load } = all;
    await all.whileTheySpeak(async () => {
      for (const worker of cluster.workers) {
        await load.hears(40);
        worker.signal('SIGSTOP');
        await wait(2 * leaseMs);
        await all.somebodyWorks(takenOverWithinMs);
        worker.signal('SIGCONT');
        await load.hears(40);
      }
    });
    await all.isWholeAndSentOnce();
  });

  it('P22: each of them ends at SIGTERM with 0 while the others go on', async () => {
    const { cluster, load } = all;
    await all.whileTheySpeak(async () => {
      const leaving = [...cluster.workers.slice(0, 1), ...cluster.gateways.slice(0, 1)];
      await Promise.all([cluster.startGateway(), cluster.startWorker()]);
      for (const member of leaving) {
        cluster.forget(member);
        expect((await member.end('SIGTERM')).code).toBe(0);
        await load.hears(40);
      }
    });
    await all.isWholeAndSentOnce();
  });
});
