import type { GraphQLError } from 'graphql';
import { badRequest } from '../graphql/errors.js';
import type { OperationRequest } from '../graphql/operation.js';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (field: string, message: string): GraphQLError =>
  badRequest('BAD_USER_INPUT', message, { field });

/** What the body asks; throws BAD_USER_INPUT with the field that is not as it should be. */
export const readBody = (body: unknown): OperationRequest => {
  if (!isRecord(body)) throw wrong('body', 'The body is no JSON object with a query in it.');
  const { query, variables, operationName, extensions } = body;
  if (typeof query !== 'string' || query === '')
    throw wrong('query', 'The query is a text that is not empty.');
  if (variables !== undefined && variables !== null && !isRecord(variables))
    throw wrong('variables', 'The variables are an object.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    throw wrong('operationName', 'The operationName is a text.');
  if (extensions !== undefined && extensions !== null && !isRecord(extensions))
    throw wrong('extensions', 'The extensions are an object.');
  return { query, variables, operationName };
};
