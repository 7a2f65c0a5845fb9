/** What stands for itself in a statement: texts, names, comments; or else a placeholder. */
const parts = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\?/g;

/** A statement of common SQL with its `?` as PostgreSQL wants them: $1, $2, … */
export const numbered = (sql: string): string => {
  let count = 0;
  return sql.replace(parts, (part) => (part === '?' ? `$${(count += 1)}` : part));
};
