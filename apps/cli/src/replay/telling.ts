import { isErased, type Policy, type Recorded } from '#kernel';
import { smsInbox, whatsAppInbox } from '#conversations';
import { createEventLog } from '#event-store';
import { catalogues } from '#platform';
import type { WebhookReceived } from '#webhooks';
import type { LogBeside } from '../place/place.js';
import { printable } from '../printable.js';
import { counted, plural } from '../progress.js';
import { exits, type Terminal } from '../verb.js';
import { bodiesCounted, isWanted, streamsOf, type BodiesWanted } from './bodies.js';

/** Partitions are not shown, so that their key does not matter here. */
const partitionKey = 'dry run';
const policies: readonly Policy<WebhookReceived>[] = [
  whatsAppInbox(partitionKey),
  smsInbox(partitionKey),
];

/** Says what each body would be to this version's parser; asks nobody for anything. */
export const tellBodies = async (
  { store, keys }: LogBeside,
  wanted: BodiesWanted,
  terminal: Terminal,
): Promise<number> => {
  const log = createEventLog({ store, keys, catalogues });
  const totals = { bodies: 0, items: 0, unreadable: 0 };
  for (const stream of wanted.sources.flatMap((source) => streamsOf(source, wanted)))
    for await (const recorded of log.readStream(stream, { direction: 'forwards' })) {
      terminal.interrupted.throwIfAborted();
      if (!isReceived(recorded) || !isWanted(recorded.metadata.recordedAt, wanted)) continue;
      const told = whatItIs(recorded);
      totals.bodies += 1;
      totals.items += told.items;
      totals.unreadable += told.unreadable;
      const { position, metadata, data } = recorded;
      terminal.out(printable(`${position}  ${metadata.recordedAt}  ${data.source}  ${told.text}`));
      await terminal.taken();
    }
  terminal.out(
    `${bodiesCounted(totals.bodies)}, ${plural(totals.items, 'item')}, ` +
      `${counted(totals.unreadable)} unreadable; nothing was changed`,
  );
  return exits.done;
};

const isReceived = (recorded: Recorded): recorded is Recorded<WebhookReceived> =>
  recorded.type === 'WebhookReceived';

type Told = { readonly text: string; readonly items: number; readonly unreadable: number };

const whatItIs = (recorded: Recorded<WebhookReceived>): Told => {
  if (isErased(recorded.data.body)) return { text: 'erased', items: 0, unreadable: 0 };
  const policy = policies.find(({ streams }) =>
    streams.some((prefix) => recorded.stream.startsWith(prefix)),
  );
  const items = policy?.whenever(recorded) ?? [];
  const kinds = new Map<string, number>();
  for (const item of items) {
    const kind = 'unreadable' in item ? `unreadable (${item.unreadable})` : kindOf(item.command);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const parts = [...kinds].map(([kind, count]) => `${counted(count)} ${kind}`);
  const unreadable = items.filter((item) => 'unreadable' in item).length;
  return { text: parts.join(', ') || 'nothing for us', items: items.length, unreadable };
};

/** `message`, `status`, `receipt`: what the parser calls the item. */
const kindOf = (command: unknown): string => {
  const item = at(at(command, 'command'), 'item');
  const kind = at(item, 'kind');
  return typeof kind === 'string' ? kind : 'item';
};

const at = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
