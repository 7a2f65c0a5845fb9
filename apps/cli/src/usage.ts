import type { Flag, Verb } from './verb.js';
import { commonFlags, verbs } from './verbs.js';

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};

/** What `casement` can do. */
export const usage = (): string =>
  [
    'usage: casement <verb> [flags]',
    '',
    columns(verbs.map(({ name, summary }) => [name, summary])),
    '',
    'casement <verb> --help tells its flags. ' +
      'Configuration is read from the environment, as by the engine.',
  ].join('\n');

/** What one verb can do. */
export const usageOf = ({ name, summary, flags, takes }: Verb): string =>
  [
    `usage: casement ${name} ${takes === undefined ? '' : `[${takes}] `}[flags]`,
    '',
    `  ${summary}`,
    '',
    columns(
      Object.entries({ ...flags, ...commonFlags }).map(
        ([flag, { value, means }]: [string, Flag]) => [
          value === undefined ? `--${flag}` : `--${flag} ${value}`,
          means,
        ],
      ),
    ),
  ].join('\n');
