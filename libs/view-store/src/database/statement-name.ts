/**
 * What a statement is called in errors and logs, which must not show its parameters: the comment it
 * begins with (`-- inbox page`), or its first word and the first table that it reads.
 */
export const statementName = (sql: string): string => {
  const comment = /^\s*--[ \t]*([^\n]{1,80})/.exec(sql)?.[1];
  if (comment !== undefined) return `the query "${comment.trim()}"`;
  const table = /\bfrom\s+"?([a-z0-9_]{1,64})/i.exec(sql)?.[1];
  return table === undefined ? 'a query' : `a query of "${table}"`;
};

/** The first word in lower case, after any comment lines. */
export const leadingWord = (sql: string): string => {
  const line = sql.split('\n').find((text) => !/^\s*(--|$)/.test(text)) ?? '';
  return (/^\s*([a-z]+)/i.exec(line)?.[1] ?? '').toLowerCase();
};
