import { once } from 'node:events';
import { run } from './run.js';

const interruption = new AbortController();
/** The first signal ends the work in order; the second one finds nobody and ends the process. */
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interruption.abort());

// Whoever reads us may leave early, as `head` does: nobody is then left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.stderr.write(`stdout: ${error.message}\n`);
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  out: (line) => process.stdout.write(`${line}\n`),
  taken: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  },
  tell: (line) => process.stderr.write(`${line}\n`),
  interrupted: interruption.signal,
});
