import type { Line, Readings } from './bench.js';

/** The middle value; of an even number of values the higher of the two in the middle. */
export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The value below which the share `of` lies. NaN of nothing. */
export const percentile = (values: readonly number[], of: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))] ?? NaN;
};

export type Result = {
  readonly line: Line;
  readonly casement: number;
  readonly baseline: number | null;
  /** The median of the rounds' ratios, or of the values themselves without a baseline. */
  readonly compared: number;
  readonly isMet: boolean | null;
};

/** One line over all rounds. The ratio is taken within each round, where both saw the same load. */
export const resultOf = (line: Line, rounds: readonly Readings[]): Result => {
  const all = (name: string): readonly number[] => rounds.map((readings) => readings[name] ?? NaN);
  const casement = all(line.casement);
  const baseline = line.baseline === null ? null : all(line.baseline);
  const ratios = casement.map((value, round) => value / (baseline?.[round] ?? 1));
  const compared = median(ratios);
  return {
    line,
    casement: median(casement),
    baseline: baseline === null ? null : median(baseline),
    compared,
    isMet: isMet(line, compared),
  };
};

const isMet = ({ aim }: Line, compared: number): boolean | null => {
  if (aim === null) return null;
  return 'atLeast' in aim ? compared >= aim.atLeast : compared <= aim.atMost;
};

const number = (value: number): string => {
  const digits = Math.abs(value) >= 100 ? 0 : 2;
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits });
};

const aimOf = ({ aim }: Line): string => {
  if (aim === null) return '';
  return 'atLeast' in aim ? `at least ${aim.atLeast}` : `at most ${aim.atMost}`;
};

const cellsOf = ({ line, casement, baseline, compared, isMet }: Result): readonly string[] => [
  line.work,
  `${number(casement)} ${line.unit}`,
  baseline === null ? '' : `${number(baseline)} ${line.unit}`,
  baseline === null ? '' : number(compared),
  aimOf(line),
  isMet === null ? '' : isMet ? 'yes' : 'NO',
];

const heads = ['work', 'Casement', 'baseline', 'ratio', 'aim', 'met'];

/** The results as a table of Markdown, its columns level. */
export const tableOf = (results: readonly Result[]): string => {
  const rows = [heads, ...results.map(cellsOf)];
  const widths = heads.map((_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? '').length)),
  );
  const lined = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head = '', ...body] = rows.map(lined);
  return [head, rule, ...body].join('\n');
};
