import type { LogBeside, Place } from './place/place.js';
import { placeOf } from './place/place-of.js';
import { recordedAt } from './recorded-at.js';
import { bodiesWanted, type BodiesWanted } from './replay/bodies.js';
import { replayBodies } from './replay/replaying.js';
import { tellBodies } from './replay/telling.js';
import { exits, type Run, type Terminal } from './verb.js';

/** Has the raw bodies that are still kept read again by the running engine, or (dry) tells of them. */
export const replayWebhooks: Run = async (request, terminal) => {
  const { flags } = request;
  const asked = bodiesWanted(flags);
  const isDry = flags['dry-run'] === true;
  const place = await placeOf(request);
  // Bodies grow old by the domain's clock, which a simulator may have moved.
  let nowMs = Date.now();
  const log = await place.openLog(() => nowMs);
  if (log === null) {
    terminal.tell(`there is no log in ${place.name}: ${place.otherwise}`);
    return exits.problem;
  }
  try {
    if (!isDry && !(await place.isRunning())) {
      terminal.tell('no engine is running: start it, or see with --dry-run what it would read');
      return exits.problem;
    }
    nowMs = (await newestMs(log)) ?? nowMs;
    const wanted = { ...asked, nowMs };
    return isDry
      ? await tellBodies(log, wanted, terminal)
      : await replay(place, log, wanted, terminal);
  } finally {
    await log.close();
  }
};

/** When the newest event was recorded. */
const newestMs = async ({ store }: LogBeside): Promise<number | null> => {
  for await (const event of store.readAll({ direction: 'backwards', maxCount: 1 }))
    return Date.parse(recordedAt(event));
  return null;
};

const replay = async (
  place: Place,
  log: LogBeside,
  wanted: BodiesWanted,
  terminal: Terminal,
): Promise<number> => {
  const followers = await place.openFollowersToAsk();
  if (followers === null) {
    terminal.tell(`no follower has run in ${place.name} yet: try again once the engine is up`);
    return exits.problem;
  }
  try {
    return await replayBodies({ place, log, followers, wanted, terminal });
  } finally {
    await followers.close();
  }
};
