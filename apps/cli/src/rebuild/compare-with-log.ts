import { readModel } from '#platform';
import {
  buildViews,
  fingerprint,
  openViewsSnapshot,
  viewsFile,
  type ViewsSnapshot,
} from '#view-store';
import { progressTo } from '../progress.js';
import type { LogBeside } from '../place/place.js';
import { exits, type Terminal } from '../verb.js';
import { checkFile, removeCheckFile } from './check-file.js';
import { logAsOf } from './log-as-of.js';
import { judged } from './difference.js';
import { building, reportCompared } from './report.js';

/**
 * Whether the views are what the log gives. Exact beside an engine that goes on: the views are held
 * as of one moment, and the log is folded up to the position at which they stood then.
 */
export const compareWithLog = async (
  directory: string,
  log: LogBeside,
  terminal: Terminal,
): Promise<number> => {
  const views = await openViewsSnapshot(viewsFile(directory));
  if (views === null) {
    terminal.tell(`there are no views in ${directory}`);
    return exits.problem;
  }
  try {
    if (views.fingerprint === fingerprint(readModel))
      return await compareAtPosition({ directory, log, views }, terminal);
    terminal.out('the views are of another version: the next start of this one rebuilds them');
    return exits.problem;
  } finally {
    await views.close();
  }
};

type Compared = {
  readonly directory: string;
  readonly log: LogBeside;
  readonly views: ViewsSnapshot;
};

const compareAtPosition = async (
  { directory, log, views }: Compared,
  terminal: Terminal,
): Promise<number> => {
  const file = await checkFile(directory);
  const told = building(progressTo(terminal), terminal);
  try {
    const asOf = logAsOf(log, views.position, terminal.interrupted);
    await buildViews({ file, readModel, log: asOf, ...told });
    told.tellParked();
    return await compareFiles(file, views, terminal);
  } finally {
    await removeCheckFile(file);
  }
};

const compareFiles = async (
  file: string,
  views: ViewsSnapshot,
  terminal: Terminal,
): Promise<number> => {
  const built = await openViewsSnapshot(file);
  if (built === null) throw new Error('the views that were built are gone');
  try {
    const changed = await reportCompared({ fresh: built, live: views }, terminal);
    return judged(changed, views.position, terminal);
  } finally {
    await built.close();
  }
};
