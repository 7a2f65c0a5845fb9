import { constants } from 'node:os';
import { pino } from 'pino';
import {
  SHUTDOWN_LIMITS,
  Shutdown,
  configOrExit,
  createLog,
  type Closer,
  type Config,
  type Log,
} from '#edge';
import {
  DataDirectoryInUse,
  KeysOfAnotherLog,
  LogCorrupted,
  StoreUnavailable,
  WrongKeyEncryptionKey,
} from '#event-store';
import { ViewStoreUnavailable } from '#view-store';

const exitCannotStart = 1;
/** A process that a signal ended is told by this number and the signal's. */
const exitBySignal = 128;
const standardError = 2;

/** An app that is up. */
export type Running = {
  /** Lines for whoever started it, the first of them says where it is. */
  readonly greeting: readonly string[];
  /** Says "not ready", so that balancers stop sending. */
  readonly drain: () => void;
  /** In the order in which they are to be closed. */
  readonly closers: readonly Closer[];
};

/**
 * The life of a process: its configuration, its start, and its end in good order at SIGTERM. A bad
 * configuration ends it with 78, a line for each problem; whatever else keeps it from starting ends
 * it with 1 and a sentence.
 */
export const runProcess = async (
  process: NodeJS.Process,
  readConfig: (environment: NodeJS.ProcessEnv) => Config,
  start: (config: Config, log: Log) => Promise<Running>,
): Promise<void> => {
  const exit = (code: number): never => process.exit(code);
  const write = (line: string): boolean => process.stderr.write(line);
  const config = configOrExit(process.env, { write, exit }, readConfig);
  const log = createLog(config.logLevel, pino.destination(standardError));
  const hasStarted = endingAtSignals(process, exit);
  try {
    const { greeting, drain, closers } = await start(config, log);
    const limits = config.isSimulated ? SHUTDOWN_LIMITS.embedded : SHUTDOWN_LIMITS.balanced;
    new Shutdown({ drain, ...limits, closers, exit, log }).listen(process);
    hasStarted();
    process.stdout.write(`${greeting.join('\n')}\n`);
  } catch (error) {
    write(`Casement cannot start: ${whyNot(error, config)}\n`);
    exit(exitCannotStart);
  }
};

/**
 * Until the returned function is called, a signal ends the start at once: nothing was accepted yet, and
 * what was begun outlives a kill. Left to itself, the process 1 of a container ignores signals.
 */
const endingAtSignals = (process: NodeJS.Process, exit: (code: number) => never): (() => void) => {
  const heard = (signal: NodeJS.Signals): never => exit(exitBySignal + constants.signals[signal]);
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.on(signal, heard);
  return () => {
    for (const signal of signals) process.off(signal, heard);
  };
};

const unusableDirectory = new Set(['ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOENT']);
/** Of an operator's making, or of another machine's: their sentence says all there is to say. */
const known = [
  DataDirectoryInUse,
  KeysOfAnotherLog,
  LogCorrupted,
  StoreUnavailable,
  ViewStoreUnavailable,
  WrongKeyEncryptionKey,
];

/** Starts that fail for a reason an operator can mend say so in a sentence, without a stack. */
const whyNot = (error: unknown, { port, dataDirectory }: Config): string => {
  if (error instanceof Error && known.some((each) => error instanceof each)) return error.message;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') return `port ${port} is in use. Set PORT to another one.`;
  if (typeof code === 'string' && unusableDirectory.has(code))
    return (
      `the data directory ${dataDirectory} cannot be used (${code}). ` +
      'Set CASEMENT_DATA_DIR to a folder that can be written.'
    );
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};
