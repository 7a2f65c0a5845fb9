import { Kind } from 'graphql';
import type { FieldNode, GraphQLField, ValueNode } from 'graphql';
import { badRequest } from './errors.js';
import type { GraphqlLimits } from './limits.js';

export type Variables = { readonly [name: string]: unknown };

const PAGE_ARGUMENTS = ['first', 'last'] as const;

/**
 * How many rows a field asks for; null when it says nothing of it. Throws LIMIT_EXCEEDED above the
 * largest page, and BAD_USER_INPUT for a page of nothing or for both directions at once.
 */
export const pageSizeOf = (
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  variables: Variables,
  { pageSizeMax }: GraphqlLimits,
): number | null => {
  const asked = PAGE_ARGUMENTS.filter((name) => field.args.some((known) => known.name === name))
    .map((name) => ({ name, size: numberIn(argument(node, name), field, name, variables) }))
    .flatMap(({ name, size }) => (size === null ? [] : [{ name, size }]));
  const [one, another] = asked;
  if (one === undefined) return null;
  if (another !== undefined)
    throw badRequest('BAD_USER_INPUT', `Give first or last to ${field.name}, not both.`, {
      field: another.name,
    });
  const shown = { field: one.name, limit: pageSizeMax, actual: one.size };
  const asks = `${one.name} of ${field.name} is ${one.size}`;
  const sentence = `${asks}; from 1 to ${pageSizeMax} is allowed.`;
  if (one.size > pageSizeMax) throw badRequest('LIMIT_EXCEEDED', sentence, shown);
  if (one.size < 1) throw badRequest('BAD_USER_INPUT', sentence, shown);
  return one.size;
};

const argument = (node: FieldNode, name: string): ValueNode | undefined =>
  node.arguments?.find((given) => given.name.value === name)?.value;

/** What is no number here is refused by the coercion that follows. */
const numberIn = (
  value: ValueNode | undefined,
  field: GraphQLField<unknown, unknown>,
  name: string,
  variables: Variables,
): number | null => {
  const byDefault = field.args.find((known) => known.name === name)?.defaultValue;
  if (value === undefined) return typeof byDefault === 'number' ? byDefault : null;
  if (value.kind === Kind.INT) return Number(value.value);
  const given = value.kind === Kind.VARIABLE ? variables[value.name.value] : null;
  return typeof given === 'number' ? given : null;
};
