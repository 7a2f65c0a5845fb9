/** Ends every exhaustive switch: a new case does not compile until it has an answer. */
export const unreachable = (value: never): never => {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
};
