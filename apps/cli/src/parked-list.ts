import { instant } from '#kernel';
import { openFollowersBeside, type ParkedItem } from '#view-store';
import { printable } from './printable.js';
import { UsageError, exits, type Flags, type Run } from './verb.js';

const itemsShown = 100;
const itemsShownMax = 10_000;

/** Lists what followers have parked, oldest first. Reads beside a running engine. */
export const parkedList: Run = async ({ dataDirectory, flags }, { out, tell }) => {
  const limit = limitOf(flags);
  const follower = flags['follower'];
  const followers = await openFollowersBeside(dataDirectory);
  if (followers === null) {
    tell(`no follower has run in ${dataDirectory}`);
    return exits.problem;
  }
  try {
    const named = typeof follower === 'string' ? { follower } : {};
    const found = await followers.parked({ ...named, limit: limit + 1 });
    const items = found.slice(0, limit);
    if (flags['json'] === true) out(JSON.stringify(items.map(shown), null, 2));
    else for (const line of linesOf(items)) out(line);
    if (found.length > limit) tell(`there are more than ${limit}: ask for more with --limit`);
    return exits.done;
  } finally {
    await followers.close();
  }
};

const limitOf = (flags: Flags): number => {
  const text = flags['limit'] ?? String(itemsShown);
  const limit = /^\d{1,5}$/.test(String(text)) ? Number(text) : 0;
  if (limit < 1 || limit > itemsShownMax)
    throw new UsageError(`--limit takes a whole number from 1 to ${itemsShownMax}`);
  return limit;
};

const shown = ({ parkedAtMs, ...item }: ParkedItem) => ({ ...item, parkedAt: instant(parkedAtMs) });

const linesOf = (items: readonly ParkedItem[]): readonly string[] =>
  items.length === 0 ? ['nothing is parked'] : items.flatMap(described).map(printable);

const described = (item: ParkedItem): readonly string[] => [
  `${instant(item.parkedAtMs)}  ${item.follower}  ${item.reason}`,
  `    ${item.type} ${item.eventId} at ${item.position} in ${item.stream}`,
  `    item ${item.item}, key ${item.key}, ${
    item.blocking ? 'blocks its key' : 'in nobody’s way'
  }, attempts ${item.attempts}`,
];
