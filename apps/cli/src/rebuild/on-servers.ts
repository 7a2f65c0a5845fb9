import { comparePositions, type Position } from '#kernel';
import { readConfig } from '#edge';
import { readModel } from '#platform';
import { readPostgresViews, rebuildPostgresViews } from '#view-store';
import { serversPlace } from '../place/servers.js';
import type { LogBeside } from '../place/place.js';
import { exits, type Run, type Terminal } from '../verb.js';
import { judged } from './difference.js';
import { logUntilAborted } from './log-as-of.js';
import { report } from './report.js';
import { rebuiltFrom, reviewedRebuild } from './reviewed-rebuild.js';

/**
 * Builds the views anew beside those that gateways serve and workers project, shows how they differ,
 * and swaps; with `--check` it swaps nothing. Interrupted, it leaves everything as it was.
 */
export const rebuildOnServers: Run = async (request, terminal) => {
  const place = serversPlace(request);
  const log = await place.openLog();
  if (log === null) {
    terminal.tell(`there is no log in ${place.name}: ${place.otherwise}`);
    return exits.problem;
  }
  try {
    const url = readConfig(request.environment).stores?.viewStore ?? '';
    return request.flags['check'] === true
      ? await check(url, log, terminal)
      : await swap(url, log, terminal);
  } finally {
    await log.close();
  }
};

const check = async (url: string, log: LogBeside, terminal: Terminal): Promise<number> => {
  const live = await readPostgresViews({ url, readModel }, async ({ position }) => ({ position }));
  if (live === null) {
    terminal.tell('there are no views of this version in the stores of the configuration');
    return exits.problem;
  }
  if (await isBeyond(live.position, log)) {
    terminal.out(`the views are at ${live.position}, beyond the end of the log`);
    return exits.problem;
  }
  const { reviewed } = await rebuilt(url, log, terminal, false);
  if (reviewed === null) throw new Error('the views that were to be compared are gone');
  return judged(reviewed.changed, reviewed.position, terminal);
};

const isBeyond = async (position: Position | null, { store }: LogBeside): Promise<boolean> => {
  if (position === null) return false;
  const head = await store.head();
  return head === null || comparePositions(position, head) > 0;
};

const swap = async (url: string, log: LogBeside, terminal: Terminal): Promise<number> => {
  const { reviewed, events } = await rebuilt(url, log, terminal, true);
  if (reviewed === null)
    await readPostgresViews({ url, readModel }, (views) => report(views, terminal));
  terminal.out(rebuiltFrom(events, reviewed));
  return exits.done;
};

const rebuilt = (url: string, log: LogBeside, terminal: Terminal, swaps: boolean) =>
  reviewedRebuild(
    (options) =>
      rebuildPostgresViews({
        ...options,
        url,
        readModel,
        log: logUntilAborted(log, terminal.interrupted),
        onWaiting: () => terminal.tell('another process builds these views: waiting until it has'),
      }),
    terminal,
    () => swaps,
  );
