import type { Casement } from '../harness/casement.js';
import { Broken, type Customer } from './customer.js';
import type { Outside } from './outside.js';
import { isBridge, newestOf, textsOf, wholeOf, type Node } from './thread.js';

type Asked = { readonly text: string; readonly acknowledged: boolean };

/**
 * The order in which a thread is shown: that in which things were asked, unless the clock of the process
 * went forward and back, and what was said with it.
 */
export type Order = 'as asked' | 'any';

/** What is shown must be a stretch of what was asked, without a gap; whether it shows the last. */
const shows = (
  phone: string,
  shown: readonly string[],
  asked: readonly Asked[],
  last: string | undefined,
): boolean => {
  const from = asked.findIndex(({ text }) => text === shown[0]);
  const expected = asked.slice(Math.max(from, 0)).slice(0, shown.length);
  if (shown.length > 0 && expected.map(({ text }) => text).join('|') !== shown.join('|'))
    throw new Broken(`${phone} shows ${shown.join(', ')}`);
  return last === undefined || shown.includes(last);
};

const lastAcknowledged = (asked: readonly Asked[]): string | undefined =>
  asked.findLast(({ acknowledged }) => acknowledged)?.text;

/**
 * A look at a thread: everything that had been acknowledged before stands there once, in order. Answers
 * with what is still missing, if anything is.
 */
export const acknowledgedIn = (
  casement: Casement,
  of: Customer,
  order: Order,
): (() => Promise<string | null>) => {
  const { phone, wanted } = of;
  const said = of.said.filter(({ isFile }) => !isFile);
  const lastSaid = lastAcknowledged(said);
  const lastWanted = lastAcknowledged(wanted);
  return async () => {
    if (order === 'any') return missingOf(of, await wholeOf(casement, of), lastSaid, lastWanted);
    const nodes = await newestOf(casement, of);
    // Those asked after the look began may be shown already.
    const now = of.said.filter(({ isFile }) => !isFile);
    if (!shows(phone, textsOf(nodes, 'INBOUND'), now, lastSaid)) return `"${lastSaid}" of ${phone}`;
    if (shows(phone, textsOf(nodes, 'OUTBOUND'), of.wanted, lastWanted)) return null;
    return `"${lastWanted}" to ${phone}`;
  };
};

const missingOf = (
  { phone }: Customer,
  nodes: readonly Node[],
  lastSaid: string | undefined,
  lastWanted: string | undefined,
): string | null => {
  for (const [direction, last] of [
    ['INBOUND', lastSaid],
    ['OUTBOUND', lastWanted],
  ] as const)
    if (last !== undefined && !textsOf(nodes, direction).includes(last))
      return `"${last}" of ${phone}`;
  return null;
};

const notOver = new Set(['PENDING', 'SENT']);
const bridgeOver = new Set(['DELIVERED', 'FAILED']);

/** Whether everything of a thread that was to be sent has come to an end, and each file has. */
export const isSettled = (nodes: readonly Node[]): boolean =>
  nodes.every((node) => {
    if (isBridge(node)) return bridgeOver.has(node.status ?? '');
    if (node.direction === 'OUTBOUND') return !notOver.has(node.status ?? '');
    return node.content.state !== 'PENDING';
  });

/** Throws Broken when a whole thread, at its end, is not what was asked and accepted. */
export const judge = (
  of: Customer,
  nodes: readonly Node[],
  outside: Outside,
  order: Order,
): void => {
  const { phone, said, wanted } = of;
  const words = said.filter(({ isFile }) => !isFile).map(({ text }) => text);
  expectSame(`what ${phone} said`, textsOf(nodes, 'INBOUND'), words, order);
  const files = nodes.flatMap(({ content: { state } }) => (state === undefined ? [] : [state]));
  const stored = said.filter(({ isFile }) => isFile).map(() => 'STORED');
  expectSame(`the files of ${phone}`, files, stored, order);
  const sent = nodes.filter((node) => node.direction === 'OUTBOUND' && !isBridge(node));
  const ids = wanted.map(({ messageId }) => messageId ?? 'none');
  expectSame(
    `what was sent to ${phone}`,
    sent.map(({ id }) => id),
    ids,
    order,
  );
  const accepted = new Set(
    outside.graph.accepted.filter(({ to }) => to === phone).map(({ text }) => text),
  );
  sent.forEach(({ id, status, content: { text = '' } }) => {
    const isRefused = (wanted.find(({ messageId }) => messageId === id)?.refusal ?? null) !== null;
    const ends = accepted.has(text) && !isRefused ? ['DELIVERED'] : ['NOT_CONFIRMED', 'FAILED'];
    if (isRefused && accepted.has(text))
      throw new Broken(`"${text}" left for ${phone} in spite of its refusal`);
    if (!ends.includes(status ?? ''))
      throw new Broken(`"${text}" to ${phone} is ${status}, not ${ends.join(' or ')}`);
  });
  judgeBridges(of, nodes, outside);
};

const judgeBridges = (of: Customer, nodes: readonly Node[], outside: Outside): void => {
  const bridges = nodes.filter(isBridge);
  const taken = outside.twilio.acceptedFor(of.phone).length;
  const told = bridges.filter(({ status }) => status === 'DELIVERED').length;
  const statuses = bridges.map(({ status }) => status).join(', ');
  if (taken !== told)
    throw new Broken(`${of.phone} has ${taken} SMS, and the thread says: ${statuses}`);
  const isClosed = of.wanted.some(({ refusal }) => refusal === 'WINDOW_EXPIRED');
  if (isClosed && bridges.length !== 1)
    throw new Broken(`${of.phone} has ${bridges.length} bridges`);
};

type Line = {
  readonly type: string;
  readonly stream: string;
  readonly data: { readonly messageId?: string };
};

/**
 * Throws Broken when the log does not hold each message once: a view shows a message as one row, however
 * often it was taken.
 */
export const judgeLog = (ndjson: string, everybody: readonly Customer[]): void => {
  const lines = ndjson.split('\n').filter((line) => line !== '');
  const facts = lines.map((line) => JSON.parse(line) as Line);
  for (const [type, side] of [
    ['CustomerMessageReceived', 'said'],
    ['MessageRequested', 'wanted'],
  ] as const) {
    const found = facts.filter((fact) => fact.type === type);
    const once = new Set(found.map(({ stream, data }) => `${stream} ${data.messageId}`));
    const asked = everybody.reduce((all, each) => all + each[side].length, 0);
    if (once.size !== asked || found.length !== asked)
      throw new Broken(
        `the log has ${found.length} ${type} of ${once.size} messages, not ${asked}`,
      );
  }
};

const expectSame = (
  what: string,
  found: readonly string[],
  expected: readonly string[],
  order: Order,
): void => {
  const [one, other] =
    order === 'any' ? [found.toSorted(), expected.toSorted()] : [found, expected];
  if (one.join('\n') === other.join('\n')) return;
  throw new Broken(`${what}: [${found.join(', ')}] should be [${expected.join(', ')}]`);
};
