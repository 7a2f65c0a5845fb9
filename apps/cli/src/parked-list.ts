import { instant } from '#kernel';
import type { FollowerRequest, FollowersBeside, SkippedItem, StandingItem } from '#view-store';
import { countOf, textOf } from './flag-values.js';
import { printable, printableJson } from './printable.js';
import { placeOf } from './place/place-of.js';
import { plural } from './progress.js';
import { UsageError, exits, type Flags, type Run, type Terminal } from './verb.js';

const itemsShown = 100;
const itemsShownMax = 10_000;
const requestsRead = 10_000;

/** Lists what followers have parked, oldest first. Reads beside a running engine. */
export const parkedList: Run = async (request, terminal) => {
  const { flags } = request;
  const limit = countOf(flags, 'limit', itemsShownMax) ?? itemsShown;
  if (flags['skipped'] === true && flags['behind'] === true)
    throw new UsageError('--skipped and --behind exclude each other');
  const follower = textOf(flags, 'follower');
  const place = await placeOf(request);
  const followers = await place.openFollowers();
  if (followers === null) {
    terminal.tell(`no follower has run in ${place.name}`);
    return exits.problem;
  }
  try {
    const wanted = { follower, limit: limit + 1 };
    const list = flags['skipped'] === true ? skippedOf : standingOf;
    const found = await list(followers, wanted, flags);
    show(found.slice(0, limit), flags, terminal);
    if (found.length > limit)
      terminal.tell(`there are more than ${limit}: ask for more with --limit`);
    return exits.done;
  } finally {
    await followers.close();
  }
};

type Wanted = { readonly follower: string | null; readonly limit: number };
type Line = { readonly json: object; readonly text: readonly string[] };

const show = (lines: readonly Line[], flags: Flags, { out }: Terminal): void => {
  const json = lines.map((line) => line.json);
  if (flags['json'] === true) out(printableJson(json, 2));
  else if (lines.length > 0) for (const { text } of lines) out(text.map(printable).join('\n'));
  else out(flags['skipped'] === true ? 'nothing was skipped' : 'nothing is parked');
};

const standingOf = async (
  followers: FollowersBeside,
  wanted: Wanted,
  flags: Flags,
): Promise<readonly Line[]> => {
  const items = await followers.standing({ ...wanted, behind: flags['behind'] === true });
  const pending = await followers.pending(requestsRead);
  return items.map((item) => {
    const asked = pending.find((request) => isOf(request, item)) ?? null;
    return { json: standingJson(item, asked), text: standingText(item, asked) };
  });
};

const isOf = (request: FollowerRequest, item: StandingItem): boolean => {
  if (request.follower !== item.follower) return false;
  if (request.kind === 'retry-key') return item.blocking && request.key === item.key;
  return request.eventId === item.eventId && request.item === item.item;
};

const standingJson = (
  { parkedAtMs, ...item }: StandingItem,
  asked: FollowerRequest | null,
): object => ({
  ...item,
  parkedAt: instant(parkedAtMs),
  asked: asked && { for: verbOf(asked), by: asked.askedBy, at: instant(asked.askedAtMs) },
});

const verbOf = ({ kind }: FollowerRequest): string =>
  kind === 'retry-key' || kind === 'retry-item' ? 'retry' : kind;

const standingText = (item: StandingItem, asked: FollowerRequest | null): readonly string[] => [
  `${item.id}  ${item.follower}  since ${instant(item.parkedAtMs)}  ${inTheWayOf(item)}`,
  `    ${item.reason}`,
  ...whereIt(item),
  ...(asked ? [`    ${askedText(asked)}`] : []),
];

const askedText = (asked: FollowerRequest): string =>
  `${verbOf(asked)} asked by ${asked.askedBy} at ${instant(asked.askedAtMs)}: not done yet`;

const inTheWayOf = ({ blocking, waiting }: StandingItem): string => {
  if (!blocking) return 'in nobody’s way';
  return waiting === 0 ? 'blocks its key' : `blocks its key, ${plural(waiting, 'item')} behind it`;
};

const whereIt = (item: StandingItem | SkippedItem): readonly string[] => [
  `    ${item.type} ${item.eventId} at ${item.position} in ${item.stream}`,
  `    item ${item.item || '(the event)'}, key ${item.key}, attempts ${item.attempts}`,
];

const skippedOf = async (followers: FollowersBeside, wanted: Wanted): Promise<readonly Line[]> =>
  (await followers.skipped(wanted)).map(({ parkedAtMs, skippedAtMs, ...item }) => ({
    json: { ...item, parkedAt: instant(parkedAtMs), skippedAt: instant(skippedAtMs) },
    text: [
      `${item.id}  ${item.follower}  skipped by ${item.skippedBy} at ${instant(skippedAtMs)}`,
      `    ${item.reason}`,
      ...whereIt({ ...item, parkedAtMs, skippedAtMs }),
    ],
  }));
