import { run } from './run.js';

const interruption = new AbortController();
/** The first signal ends the work in order; the second one finds nobody and ends the process. */
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interruption.abort());

// Whoever reads us may leave early, as `head` does: nobody is then left to tell.
process.stdout.on('error', () => process.exit(0));

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  out: (line) => process.stdout.write(`${line}\n`),
  tell: (line) => process.stderr.write(`${line}\n`),
  interrupted: interruption.signal,
});
