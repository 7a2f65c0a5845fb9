import type { StoredEvent } from '#event-store';
import { eventsWanted } from './events/wanted.js';
import { lineOf } from './events/line.js';
import { startOf } from './events/start.js';
import { countOf } from './flag-values.js';
import type { LogBeside } from './place/place.js';
import { placeOf } from './place/place-of.js';
import { UsageError, exits, type Request, type Run, type Terminal } from './verb.js';

/** Prints the log, an event a line, from a position on. Reads beside a running engine. */
export const events: Run = async (request, terminal) => {
  const { flags } = request;
  const isWanted = await eventsWanted(flags);
  const limit = countOf(flags, 'limit', Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY;
  if (flags['follow'] === true && flags['until'] !== undefined)
    throw new UsageError('--follow and --until exclude each other');
  const place = await placeOf(request);
  const log = await place.openLog();
  if (log === null) {
    terminal.tell(`there is no log in ${place.name}: ${place.otherwise}`);
    return exits.problem;
  }
  try {
    return await print({ log, request, terminal, isWanted, limit });
  } finally {
    await log.close();
  }
};

type Printing = {
  readonly log: LogBeside;
  readonly request: Request;
  readonly terminal: Terminal;
  readonly isWanted: (event: StoredEvent) => boolean;
  readonly limit: number;
};

const print = async ({ log, request, terminal, isWanted, limit }: Printing): Promise<number> => {
  const { flags, environment } = request;
  const { interrupted } = terminal;
  const after = await startOf(log, flags, environment);
  const personal = flags['personal'] === true;
  const isFollowing = flags['follow'] === true;
  const read = isFollowing ? following(log, after, interrupted) : standing(log, after);
  let printed = 0;
  let position: string | null = after;
  for await (const event of read) {
    if (interrupted.aborted) break;
    position = event.position;
    if (!isWanted(event)) continue;
    terminal.out(await lineOf(event, log.keys, personal));
    await terminal.taken();
    printed += 1;
    if (printed >= limit) return exits.done;
  }
  if (!interrupted.aborted || isFollowing) return exits.done;
  terminal.tell(
    `interrupted: go on with ${position === null ? 'the same' : `--after ${position}`}`,
  );
  return exits.interrupted;
};

/** Up to where the log ends now, however fast it grows meanwhile. */
async function* standing(
  { store }: LogBeside,
  after: StoredEvent['position'] | null,
): AsyncGenerator<StoredEvent, undefined> {
  const head = await store.head();
  if (head === null) return;
  const options = { direction: 'forwards', ...(after === null ? {} : { after }) } as const;
  for await (const event of store.readAll(options)) {
    if (event.position > head) return;
    yield event;
    if (event.position === head) return;
  }
}

async function* following(
  { store }: LogBeside,
  after: StoredEvent['position'] | null,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent, undefined> {
  for await (const told of store.subscribe({ after, prefixes: [], signal }))
    if (told.kind === 'event') yield told.event;
}
