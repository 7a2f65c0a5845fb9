import { rebuild } from '../rebuild.js';
import { keptLength, keptLog, keptNotes } from './kept-log.js';
import { sampleReadModel } from './sample-history.js';

/** Rebuilds the views of the kept log in the directory given, until it has finished or is killed. */
const [directory = ''] = process.argv.slice(2);
const log = await keptLog(keptLength, keptNotes);
process.stdout.write('begun\n');
await rebuild({
  log,
  directory,
  readModel: sampleReadModel,
  onProgress: ({ events }) => process.stdout.write(`events ${events}\n`),
  onParked: () => undefined,
});
process.stdout.write('done\n');
