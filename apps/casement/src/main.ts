import { pino } from 'pino';
import { SHUTDOWN_LIMITS, Shutdown, configOrExit, createLog, type Config, type Log } from '#edge';
import { DataDirectoryInUse, LogCorrupted, WrongKeyEncryptionKey } from '#event-store';
import { closersOf, startCasement, type Casement } from './casement.js';

const exitCannotStart = 1;

const config = configOrExit(process.env, {
  write: (line) => process.stderr.write(line),
  exit: (code) => process.exit(code),
});
const log = createLog(config.logLevel, pino.destination(2));

const unusableDirectory = new Set(['ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOENT']);

/** Starts that fail for a reason an operator can mend say so in a sentence, without a stack. */
const whyNot = (error: unknown): string => {
  const isKnown = [DataDirectoryInUse, LogCorrupted, WrongKeyEncryptionKey].some(
    (known) => error instanceof known,
  );
  if (isKnown && error instanceof Error) return error.message;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') return `port ${config.port} is in use. Set PORT to another one.`;
  if (typeof code === 'string' && unusableDirectory.has(code))
    return (
      `the data directory ${config.dataDirectory} cannot be used (${code}). ` +
      'Set CASEMENT_DATA_DIR to a folder that can be written.'
    );
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

const greet = ({ url, demoFile }: Casement, { dataDirectory }: Config): void => {
  const lines = [
    `Casement is up at ${url}`,
    ...(demoFile === null
      ? []
      : [
          `  simulated phone and clock  ${url}/simulator`,
          `  GraphQL                    ${url}/graphql`,
          `  tokens and numbers         ${demoFile}`,
        ]),
    `  data                       ${dataDirectory}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
};

const run = async (logTo: Log): Promise<void> => {
  const casement = await startCasement(config, logTo);
  const shutdown = new Shutdown({
    drain: () => casement.gateway.readiness.drain(),
    ...(config.isSimulated ? SHUTDOWN_LIMITS.embedded : SHUTDOWN_LIMITS.balanced),
    closers: closersOf(casement),
    exit: (code) => process.exit(code),
    log: logTo,
  });
  shutdown.listen(process);
  greet(casement, config);
};

run(log).catch((error: unknown) => {
  process.stderr.write(`Casement cannot start: ${whyNot(error)}\n`);
  process.exit(exitCannotStart);
});
