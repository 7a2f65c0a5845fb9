import { isOwned, type Embedded } from '#event-store';
import { openFollowersToAsk } from '#view-store';
import { hasLog, openLogBeside } from './log-beside.js';
import { recordedAt } from './recorded-at.js';
import { bodiesWanted, type BodiesWanted } from './replay/bodies.js';
import { replayBodies } from './replay/replaying.js';
import { tellBodies } from './replay/telling.js';
import { exits, type Request, type Run, type Terminal } from './verb.js';

/** Has the raw bodies that are still kept read again by the running engine, or (dry) tells of them. */
export const replayWebhooks: Run = async (request, terminal) => {
  const { dataDirectory, flags } = request;
  const asked = bodiesWanted(flags);
  const isDry = flags['dry-run'] === true;
  if (!hasLog(dataDirectory)) {
    terminal.tell(`there is no log in ${dataDirectory}: name the right one with --data-dir`);
    return exits.problem;
  }
  if (!isDry && !isOwned(dataDirectory)) {
    terminal.tell('no engine is running: start it, or see with --dry-run what it would read');
    return exits.problem;
  }
  // Bodies grow old by the domain's clock, which a simulator may have moved.
  let nowMs = Date.now();
  const log = await openLogBeside(request, () => nowMs);
  try {
    nowMs = (await newestMs(log)) ?? nowMs;
    const wanted = { ...asked, nowMs };
    return isDry
      ? await tellBodies(log, wanted, terminal)
      : await replay(request, log, wanted, terminal);
  } finally {
    await log.close();
  }
};

/** When the newest event was recorded. */
const newestMs = async ({ store }: Embedded): Promise<number | null> => {
  for await (const event of store.readAll({ direction: 'backwards', maxCount: 1 }))
    return Date.parse(recordedAt(event));
  return null;
};

const replay = async (
  { dataDirectory }: Request,
  log: Embedded,
  wanted: BodiesWanted,
  terminal: Terminal,
): Promise<number> => {
  const followers = await openFollowersToAsk(dataDirectory);
  if (followers === null) {
    terminal.tell(`no follower has run in ${dataDirectory} yet: try again once the engine is up`);
    return exits.problem;
  }
  try {
    return await replayBodies({ dataDirectory, log, followers, wanted, terminal });
  } finally {
    await followers.close();
  }
};
