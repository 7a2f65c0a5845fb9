import { parseArgs } from 'node:util';
import { dataDirectoryOf } from './data-directory.js';
import { isElsewhere } from './place/elsewhere.js';
import { usage, usageOf } from './usage.js';
import { UsageError, exits, type Request, type Terminal, type Verb } from './verb.js';
import { commonFlags, verbs } from './verbs.js';

/** Does what the words typed after `casement` ask. Gives the exit code; never throws. */
export const run = async (words: readonly string[], terminal: Terminal): Promise<number> => {
  const verb = verbs.find(({ name }) => typed(name, words));
  if (verb !== undefined) return runVerb(verb, words.slice(partsOf(verb.name).length), terminal);
  if (asksForHelp(words)) {
    terminal.out(usage());
    return exits.done;
  }
  terminal.tell(
    words.length === 0 ? usage() : `there is no verb "${words.join(' ')}"\n\n${usage()}`,
  );
  return exits.usage;
};

/** Also of `casement parked --help`, which is the beginning of a verb. */
const asksForHelp = (words: readonly string[]): boolean => {
  const before = words.slice(0, -1);
  const isBeginning = verbs.some(({ name }) =>
    before.every((word, i) => word === partsOf(name)[i]),
  );
  return isBeginning && ['--help', '-h', 'help'].includes(words.at(-1) ?? '');
};

const partsOf = (name: string): readonly string[] => name.split(' ');

const typed = (name: string, words: readonly string[]): boolean =>
  partsOf(name).every((part, index) => part === words[index]);

const runVerb = async (
  verb: Verb,
  words: readonly string[],
  terminal: Terminal,
): Promise<number> => {
  try {
    const { flags, subject } = typedFor(verb, words);
    if (flags['help'] === true) {
      terminal.out(usageOf(verb));
      return exits.done;
    }
    const environment = environmentOf(flags, terminal);
    const perform = await verb.load();
    const dataDirectory = dataDirectoryOf(environment);
    return await perform({ dataDirectory, environment, flags, subject }, terminal);
  } catch (error) {
    return failed(verb, error, terminal);
  }
};

const typedFor = (verb: Verb, words: readonly string[]): Pick<Request, 'flags' | 'subject'> => {
  const options = Object.fromEntries(
    Object.entries({ ...verb.flags, ...commonFlags }).map(([name, { type }]) => [name, { type }]),
  );
  try {
    const allowPositionals = verb.takes !== undefined;
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals });
    if (positionals.length > 1) throw new UsageError(`${verb.name} takes one ${verb.takes}`);
    const single = Object.entries(values).filter(([, value]) => !Array.isArray(value));
    const flags = Object.fromEntries(single.map(([name, value]) => [name, flag(value)]));
    return { flags, subject: positionals[0] ?? null };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

const flag = (value: unknown): string | boolean | undefined =>
  typeof value === 'string' || typeof value === 'boolean' ? value : undefined;

const environmentOf = (
  flags: Request['flags'],
  { environment }: Terminal,
): Terminal['environment'] => {
  const directory = flags['data-dir'];
  if (directory === '') throw new UsageError('--data-dir names no directory');
  if (directory !== undefined && isElsewhere({ environment }))
    throw new UsageError(
      '--data-dir is for stores in a directory, and the environment names others: ' +
        'leave it away, or unset CASEMENT_EVENT_STORE and CASEMENT_VIEW_STORE',
    );
  return typeof directory === 'string'
    ? { ...environment, CASEMENT_DATA_DIR: directory }
    : environment;
};

const failed = (verb: Verb, error: unknown, { tell, interrupted }: Terminal): number => {
  if (error instanceof UsageError) {
    tell(`${error.message}\n\n${usageOf(verb)}`);
    return exits.usage;
  }
  if (interrupted.aborted) {
    tell('interrupted: nothing was changed');
    return exits.interrupted;
  }
  if (error instanceof Error && 'problems' in error && Array.isArray(error.problems)) {
    for (const problem of error.problems) tell(String(problem));
    return exits.badConfiguration;
  }
  tell(`casement ${verb.name}: ${error instanceof Error ? error.message : String(error)}`);
  return exits.problem;
};
