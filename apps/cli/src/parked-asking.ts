import { parkedId, type FollowersAsked, type NamedItem } from '#view-store';
import { textOf } from './flag-values.js';
import { asking } from './operator.js';
import { placeOf } from './place/place-of.js';
import { printable } from './printable.js';
import { plural } from './progress.js';
import { UsageError, exits, type Request, type Run, type Terminal } from './verb.js';

const idForm = /^[0-9a-f]{12}$/;

/** Asks that what is parked be worked again, by whichever engine runs or will run. */
export const parkedRetry: Run = async (request, terminal) => {
  const { flags, subject } = request;
  const follower = textOf(flags, 'follower');
  const chosen = [subject !== null, follower !== null, flags['all'] === true].filter(Boolean);
  if (chosen.length !== 1) throw new UsageError('name one ID, or --follower NAME, or --all');
  const retry = subject === null ? retryAll(follower) : retryOne(subject);
  return withFollowers(request, terminal, retry);
};

/** Asks that an item never be worked again, and that what waits behind it goes on. */
export const parkedSkip: Run = async (request, terminal) => {
  const { subject } = request;
  if (subject === null) throw new UsageError('name the ID of the item to skip');
  return withFollowers(request, terminal, async (followers, told) => {
    const found = await find(followers, subject, told);
    if (found === null) return exits.problem;
    await followers.askSkip(found.item, asking());
    terminal.out(`asked: skip ${described(found)}`);
    return exits.done;
  });
};

/** The exit code; null when nothing had to be asked. */
type Ask = (followers: FollowersAsked, terminal: Terminal) => Promise<number | null>;

const withFollowers = async (request: Request, terminal: Terminal, ask: Ask): Promise<number> => {
  const place = await placeOf(request);
  const followers = await place.openFollowersToAsk();
  if (followers === null) {
    terminal.tell(`no follower has run in ${place.name}: ${place.otherwise}`);
    return exits.problem;
  }
  try {
    const exit = await ask(followers, terminal);
    if (exit === exits.done)
      terminal.tell(
        (await place.isRunning())
          ? 'the running engine does it within seconds; casement parked list shows what came of it'
          : 'no engine is running: it is done at the next start',
      );
    return exit ?? exits.done;
  } finally {
    await followers.close();
  }
};

const retryOne =
  (id: string): Ask =>
  async (followers, terminal) => {
    const found = await find(followers, id, terminal);
    if (found === null) return exits.problem;
    const { item, first } = found;
    const firstId = first === null ? id : parkedId(first);
    if (firstId !== id) {
      terminal.tell(
        `${id} stands behind ${firstId} of its key, and cannot overtake it: ` +
          `retry ${firstId}, or skip it`,
      );
      return exits.problem;
    }
    await followers.askRetry(item, asking());
    terminal.out(
      `asked: retry ${described(found)}${item.blocking ? ', and what waits behind it' : ''}`,
    );
    return exits.done;
  };

const retryAll =
  (follower: string | null): Ask =>
  async (followers, { out }) => {
    const { keys, items } = await followers.askRetries(follower, asking());
    if (keys + items === 0) {
      out(follower === null ? 'nothing is parked' : `nothing of ${printable(follower)} is parked`);
      return null;
    }
    out(`asked: retry ${plural(keys, 'blocked key')} and ${plural(items, 'other item')}`);
    return exits.done;
  };

const find = async (
  followers: FollowersAsked,
  id: string,
  { tell }: Terminal,
): Promise<NamedItem | null> => {
  if (!idForm.test(id))
    throw new UsageError('an ID is 12 digits and letters, as casement parked list shows it');
  const [found, another] = await followers.named(id);
  if (found === undefined) {
    tell(
      `nothing that is parked is called ${id}: it may have been worked or skipped meanwhile; ` +
        'casement parked list shows what is',
    );
    return null;
  }
  if (another === undefined) return found;
  tell(`${id} may mean several items: use --follower NAME or --all`);
  return null;
};

const described = ({ item }: NamedItem): string =>
  printable(`${parkedId(item)} of ${item.follower} (${item.reason})`);
