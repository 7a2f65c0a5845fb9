import { readModel } from '#platform';
import {
  buildViews,
  compare,
  fingerprint,
  openViewsSnapshot,
  viewsFile,
  type ViewsDifference,
  type ViewsSnapshot,
} from '#view-store';
import { progressTo } from '../progress.js';
import type { LogBeside } from '../place/place.js';
import { exits, type Terminal } from '../verb.js';
import { checkFile, removeCheckFile } from './check-file.js';
import { logAsOf } from './log-as-of.js';
import { building, report, untilAborted } from './report.js';

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
    await report(built, terminal);
    const fromLog = untilAborted(built, terminal.interrupted);
    return judged(await compare(fromLog, views, readModel), views, terminal);
  } finally {
    await built.close();
  }
};

const judged = (
  difference: ViewsDifference | null,
  { position }: ViewsSnapshot,
  { out }: Terminal,
): number => {
  const where = position === null ? 'before the first event' : `at position ${position}`;
  if (difference === null) {
    out(`the views ${where} are what the log gives, byte for byte`);
    return exits.done;
  }
  out(`the views ${where} are not what the log gives: ${described(difference)}`);
  return exits.problem;
};

/** Names table, key and columns: keys are opaque, but what stands in a row may be personal. */
const described = ({ table, key, a, b }: ViewsDifference): string => {
  const row = `row ${JSON.stringify(key)} of table ${table}`;
  if (b === null) return `${row} is missing`;
  if (a === null) return `${row} should not be there`;
  return `${row} differs in ${columnsThatDiffer(a, b).join(', ')}`;
};

const columnsThatDiffer = (a: string, b: string): readonly string[] => {
  const others = new Map(cellsOf(b));
  return cellsOf(a).flatMap(([column, cell]) => (others.get(column) === cell ? [] : [column]));
};

const cellsOf = (row: string): readonly (readonly [string, unknown])[] => {
  const parsed: unknown = JSON.parse(row);
  return typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
};
