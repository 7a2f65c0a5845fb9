/** A variable's place in a body. Its name is as Meta wants it: small letters, digits, underscores. */
const place = /\{\{([a-z][a-z0-9_]*)\}\}/g;

/** The names of a body's variables, each once, in the order in which they are met. */
export const variablesOf = (body: string): readonly string[] => [
  ...new Set(Array.from(body.matchAll(place), ([, name = '']) => name)),
];

/** The words with the values in their places. What a value says is never read as a place itself. */
export const rendered = (body: string, values: ReadonlyMap<string, string>): string =>
  body.replace(place, (whole, name: string) => values.get(name) ?? whole);
