import { writeSync } from 'node:fs';
import { EmbeddedViewStore } from '../embedded/view-store.js';
import { viewsFile } from '../embedded/files.js';
import type { ViewStore } from '../port.js';
import { Projector } from '../projector.js';
import { keptLength, keptNotes } from './kept-log.js';
import { sampleHistory, sampleLog, sampleReadModel } from './sample-history.js';

/**
 * Projects the kept history into the directory given while it is being written, and tells
 * each commit as it begins, until all is shown or the process is killed.
 */
const partFacts = 600;
const longMs = 60_000;
const [directory = ''] = process.argv.slice(2);
const { log, record } = sampleLog();
const facts = [...sampleHistory(keptLength, keptNotes)];
const readModel = sampleReadModel;
const views = await EmbeddedViewStore.open({ file: viewsFile(directory), readModel, mode: 'live' });
// Whoever goes on from a position needs a log that reaches it.
if (views.position() !== null) await record(facts.splice(0));
const telling: ViewStore = {
  all: views.all,
  query: (organisation, sql, parameters) => views.query(organisation, sql, parameters),
  position: () => views.position(),
  reached: (position, timeoutMs) => views.reached(position, timeoutMs),
  rows: (table, keys) => views.rows(table, keys),
  commit: (batch) => {
    const committed = views.commit(batch);
    // At once, and not when the loop comes round: the kill is to fall into the transaction.
    writeSync(process.stdout.fd, 'committing\n');
    return committed;
  },
  close: () => views.close(),
};
const projector = new Projector({
  log,
  views: telling,
  readModel,
  onParked: () => undefined,
  onFault: (error) => {
    throw error;
  },
});
projector.start();
while (facts.length > 0) {
  await record(facts.splice(0, partFacts));
  const head = await log.head();
  if (head !== null) await views.reached(head, longMs);
}
const end = await log.head();
if (end !== null) await views.reached(end, longMs);
await projector.stop();
await views.close();
process.stdout.write('done\n');
