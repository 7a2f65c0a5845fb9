import type { Recorded } from '#kernel';
import { createEventLog } from '#event-store';
import { catalogues } from '#platform';
import { Broken } from '../machine/machine.js';
import { brokenReason } from '../people/customers.js';
import type { World } from '../world.js';
import { judgeMessages } from './messages.js';
import { judgeViews } from './views.js';

const parkedMax = 1_000;

/** Asks, from outside and after everything has come to its end, whether every promise was kept. */
export const judge = async (world: World): Promise<void> => {
  const { durable, faults, staff, deliveries } = world;
  if (staff.underWay > 0) throw new Broken('END', `${staff.underWay} mutations wait for an answer`);
  if (deliveries.underWay > 0)
    throw new Broken('END', `${deliveries.underWay} webhooks are not confirmed`);
  if (faults.length > 0) throw new Broken('P15', faults.join('; '));
  const { store, keys } = durable;
  const log = createEventLog({ store, keys, catalogues });
  const facts: Recorded[] = [];
  for await (const recorded of log.readAll({ direction: 'forwards' })) facts.push(recorded);
  await judgeParked(world);
  judgeInbound(world, facts);
  judgeWishes(world, facts);
  await judgeViews(durable.views, facts);
  judgeMessages(world, facts);
};

/** P17: nothing is left aside but what nobody could read. */
const judgeParked = async ({ durable, customers }: World): Promise<void> => {
  const parked = await durable.followers.parked({ limit: parkedMax });
  const wrong = parked.find(({ reason }) => !reason.includes(brokenReason));
  if (wrong) throw new Broken('P17', `${wrong.follower} parked ${wrong.type}: ${wrong.reason}`);
  if (parked.length === 0 && customers.brokenItems > 0)
    throw new Broken('P17', `${customers.brokenItems} unreadable items are not parked`);
};

/** P7, P8: what was confirmed to be kept stands in its thread, once; nothing stands there twice. */
const judgeInbound = ({ customers }: World, facts: readonly Recorded[]): void => {
  const received = facts.filter(({ type }) => type === 'CustomerMessageReceived');
  for (const { providerId, text, isKept } of customers.told) {
    const found = received.filter(({ data }) => isOf(data, providerId, text)).length;
    if (found > 1) throw new Broken('P7', `${providerId} was received ${found} times`);
    if (isKept && found === 0) throw new Broken('P8', `${providerId} was kept, and is not there`);
  }
};

const isOf = (data: object, providerId: string, text: string): boolean => {
  const { providerMessageId, content } = data as {
    readonly providerMessageId: string;
    readonly content: { readonly text?: string };
  };
  if (providerId.startsWith('portal')) return content.text === text;
  return providerMessageId === providerId;
};

/** P10: what a client was told is so; whoever was told nothing has it once at most. */
const judgeWishes = ({ staff }: World, facts: readonly Recorded[]): void => {
  const requested = facts.filter(({ type }) => type === 'MessageRequested');
  for (const { key, answer } of staff.wishes) {
    const found = requested.filter(({ data }) => keyOf(data) === key).length;
    const isRight = answer === null ? found <= 1 : found === (answer === 'accepted' ? 1 : 0);
    if (!isRight) throw new Broken('P10', `${key}, ${answer}, was asked for ${found} times`);
  }
};

const keyOf = (data: object): string => (data as { readonly requestKey: string }).requestKey;
