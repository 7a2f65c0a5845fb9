import { readModel } from '#platform';
import { fingerprint, openViewsSnapshot, rebuildBeside, viewsFile } from '#view-store';
import type { LogBeside } from '../place/place.js';
import { exits, type Terminal } from '../verb.js';
import { checkFile } from './check-file.js';
import { judged } from './difference.js';
import { logUntilAborted } from './log-as-of.js';
import { rebuiltFrom, reviewedRebuild, type Reviewed } from './reviewed-rebuild.js';

type Beside = { readonly directory: string; readonly log: LogBeside };

/**
 * Whether the views are what the log gives. Exact beside an engine that goes on: the views are held
 * as of one moment, and the log is folded up to the position at which they stood then.
 */
export const compareWithLog = async (beside: Beside, terminal: Terminal): Promise<number> => {
  const isOfOurs = await ofThisVersion(beside.directory, terminal);
  if (!isOfOurs) return exits.problem;
  const { reviewed } = await rebuilt(beside, terminal, () => false);
  if (reviewed === null) throw new Error('the views that were to be compared are gone');
  return judged(reviewed.changed, reviewed.position, terminal);
};

/** Makes views that an engine serves what the log gives, at one instant; says what was wrong. */
export const swapBesideEngine = async (beside: Beside, terminal: Terminal): Promise<number> => {
  const isOfOurs = await ofThisVersion(beside.directory, terminal);
  if (!isOfOurs) return exits.problem;
  // What is right already need not be written again.
  const isWrong = ({ changed }: Reviewed): boolean => changed.length > 0;
  const { reviewed, events } = await rebuilt(beside, terminal, isWrong);
  terminal.out(rebuiltFrom(events, reviewed));
  return exits.done;
};

const rebuilt = async (
  { directory, log }: Beside,
  terminal: Terminal,
  swaps: (reviewed: Reviewed) => boolean,
) => {
  const file = await checkFile(directory);
  const asked = { directory, file, readModel, log: logUntilAborted(log, terminal.interrupted) };
  return reviewedRebuild((options) => rebuildBeside({ ...asked, ...options }), terminal, swaps);
};

/** Says so when there are none of this version. */
const ofThisVersion = async (directory: string, terminal: Terminal): Promise<boolean> => {
  const views = await openViewsSnapshot(viewsFile(directory));
  if (views === null) {
    terminal.tell(`there are no views in ${directory}`);
    return false;
  }
  const isOurs = views.fingerprint === fingerprint(readModel);
  await views.close();
  if (!isOurs)
    terminal.out('the views are of another version: the next start of this one rebuilds them');
  return isOurs;
};
