import { ViewQueryFailed } from '../port.js';
import { leadingWord, statementName } from './statement-name.js';

/** A query that gives more is a missing LIMIT; pages of the edge are a hundred times smaller. */
export const queryRowsMax = 10_000;

/** Throws ViewQueryFailed for what does not begin like a query. */
export const mustBeQuery = (sql: string): void => {
  if (!['select', 'with'].includes(leadingWord(sql)))
    throw new ViewQueryFailed(`${statementName(sql)} is not a query`);
};

/** Throws ViewQueryFailed for more rows than a query may give; one more is read than that. */
export const mustBeBounded = (sql: string, rows: number): void => {
  if (rows > queryRowsMax)
    throw new ViewQueryFailed(`${statementName(sql)} gives more than ${queryRowsMax} rows`);
};
