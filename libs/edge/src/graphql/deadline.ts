import { isObjectType, OperationTypeNode } from 'graphql';
import type { GraphQLError, GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { edgeError } from './errors.js';

type Deadline = { readonly passed: Promise<never>; readonly clear: () => void };
type Resolve = GraphQLFieldResolver<unknown, object>;

/** By the context of the operation, which is an object of its own for each. */
const deadlines = new WeakMap<object, Deadline>();

/**
 * Gives every operation a time by which it is answered: from its first field that waits, `msMax`
 * milliseconds. Fields that still wait then fail with TIMEOUT, those that are done are answered. What
 * was begun is not stopped, so a mutation may yet be done. A subscription may take for ever; it has
 * other limits. Changes the resolvers of `schema`.
 */
export const withDeadline = (schema: GraphQLSchema, msMax: number): GraphQLSchema => {
  const fields = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()) : []));
  for (const field of fields) if (field.resolve) field.resolve = inTime(field.resolve, msMax);
  return schema;
};

/** The operation is over: nothing waits any more. */
export const clearDeadline = (context: object): void => deadlines.get(context)?.clear();

const inTime =
  (resolve: Resolve, msMax: number): Resolve =>
  (source, args, context, info) => {
    const result: unknown = resolve(source, args, context, info);
    const { operation } = info.operation;
    if (!(result instanceof Promise) || operation === OperationTypeNode.SUBSCRIPTION) return result;
    return Promise.race([result, deadlineOf(context, msMax, operation).passed]);
  };

const deadlineOf = (context: object, msMax: number, operation: OperationTypeNode): Deadline => {
  const known = deadlines.get(context);
  if (known) return known;
  const deadline = begin(msMax, operation);
  deadlines.set(context, deadline);
  return deadline;
};

const begin = (msMax: number, operation: OperationTypeNode): Deadline => {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tookTooLong(msMax, operation)), msMax);
  });
  // Whoever waits for it hears of it; that nobody waits any more is no failure.
  passed.catch(() => undefined);
  return { passed, clear: () => clearTimeout(timer) };
};

const tookTooLong = (msMax: number, operation: OperationTypeNode): GraphQLError => {
  const advice =
    operation === OperationTypeNode.MUTATION
      ? 'It may still be done: ask again with the same idempotency key.'
      : 'Ask for less, or try again shortly.';
  return edgeError('TIMEOUT', `This took longer than ${msMax} ms. ${advice}`, { limit: msMax });
};
