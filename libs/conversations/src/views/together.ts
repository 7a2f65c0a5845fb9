import type { Cell } from '#kernel';

/** One short list: a SELECT with its own order and its own LIMIT. */
export type Part = { readonly sql: string; readonly parameters: readonly Cell[] };

/** Lists that one statement reads; databases bound how many SELECTs they put together. */
export const partsMax = 25;

/**
 * Several short lists read by one statement, each along its own index. Rows name their list in the
 * column `list`, from 0; their order within it is for whoever reads to make again.
 */
export const together = (parts: readonly Part[]): Part => ({
  sql: parts
    .map(({ sql }, list) => `SELECT ${list} AS list, p${list}.* FROM (${sql}) AS p${list}`)
    .join('\nUNION ALL\n'),
  parameters: parts.flatMap(({ parameters }) => parameters),
});

/** The rows of each list. */
export const byList = <Row extends { readonly list: number }>(
  rows: readonly Row[],
  lists: number,
): readonly (readonly Row[])[] => {
  const told = Array.from({ length: lists }, (): Row[] => []);
  for (const row of rows) told[row.list]?.push(row);
  return told;
};
