import type { Recorded } from '#kernel';
import type { Delivery, MessageRow } from '#conversations/spec';
import { Broken } from '../machine/machine.js';
import type { Ledger } from '../providers/ledger.js';
import type { World } from '../world.js';

type Asked = { readonly messageId: string; readonly channel: string };

/** P9, P10, P11: each message came to an end, and what is shown of it is what happened. */
export const judgeMessages = ({ ledger, durable }: World, facts: readonly Recorded[]): void => {
  const rows = durable.views.rowsOf('messages');
  const asked = facts.flatMap(({ type, data }) => {
    if (type !== 'MessageRequested' && type !== 'BridgeRequested') return [];
    const { messageId, channel = 'SMS' } = data as { messageId: string; channel?: string };
    return [{ messageId, channel }];
  });
  for (const { messageId, channel } of asked) {
    const row = rows.get(messageId) as unknown as MessageRow | undefined;
    if (!row) throw new Broken('P10', `${messageId} is not in the views`);
    const delivery = JSON.parse(row.delivery ?? 'null') as Delivery;
    const should = statusOf(ledger, messageId, delivery);
    if (row.status !== should)
      throw new Broken(
        should === null ? 'P10' : 'P11',
        `${channel} ${messageId} is ${row.status} (${delivery.phase}), and should be ${should}`,
      );
  }
  judgeOrder(ledger, asked, resent(facts));
};

/**
 * By what the provider knows of the attempt that counts: the latest, or an earlier one that arrived after
 * all before the next was begun; null: it is in nobody's hands, or lost.
 */
const statusOf = (ledger: Ledger, messageId: string, delivery: Delivery): string | null => {
  const { attempt, attempts, phase } = delivery;
  const accepted = ledger.acceptedOf(messageId);
  if (accepted.some((acceptance) => acceptance.attempt > attempts)) return null;
  const told = ledger.receipts.get(messageId) ?? [];
  // An SMS that was found in the list stands for the latest attempt, whichever it left with.
  const isFound = phase === 'ACCEPTED' && accepted.every((taken) => taken.attempt !== attempt);
  const receipts = told.filter((receipt) => isFound || receipt.attempt === attempt);
  for (const status of ['READ', 'DELIVERED', 'FAILED', 'SENT'])
    if (receipts.some(({ receipt }) => receipt === status)) return status;
  if (phase === 'REJECTED') return 'FAILED';
  if (phase === 'ARRIVED') return 'SENT';
  return phase === 'UNKNOWN' ? 'NOT_CONFIRMED' : null;
};

/** Messages that a person had sent again: they come when they come. */
const resent = (facts: readonly Recorded[]): ReadonlySet<string> =>
  new Set(
    facts.flatMap(({ type, data }) =>
      type === 'DispatchResolved' ? [(data as { messageId: string }).messageId] : [],
    ),
  );

/** What was asked for first is taken first, in each thread and channel. */
const judgeOrder = (
  { acceptances }: Ledger,
  asked: readonly Asked[],
  resent: ReadonlySet<string>,
): void => {
  const places = new Map(asked.map(({ messageId }, place) => [messageId, place]));
  const newest = new Map<string, number>();
  for (const { messageId, threadId, channel } of acceptances) {
    if (resent.has(messageId)) continue;
    const place = places.get(messageId) ?? -1;
    const queue = `${channel} ${threadId}`;
    if (place < (newest.get(queue) ?? -1))
      throw new Broken('P6', `${messageId} was overtaken by a later message of its thread`);
    newest.set(queue, place);
  }
};
