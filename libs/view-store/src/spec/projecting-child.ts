import { openEmbeddedViews } from '../embedded/open.js';
import { Projector } from '../projector.js';
import { keptLength, keptLog, keptNotes } from './kept-log.js';
import { sampleReadModel } from './sample-history.js';

/** Projects the kept log into the directory given, until it has caught up or is killed. */
const [directory = ''] = process.argv.slice(2);
const log = await keptLog(keptLength, keptNotes);
const { views, close } = await openEmbeddedViews({ directory, readModel: sampleReadModel });
const projector = new Projector({
  log,
  views,
  readModel: sampleReadModel,
  onParked: () => undefined,
  onFault: (error) => {
    throw error;
  },
});
process.stdout.write('begun\n');
projector.start();
await projector.caughtUp();
await projector.stop();
await close();
process.stdout.write('done\n');
