import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { DocumentNode, ExecutionArgs, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { OperationContext } from '../graphql/context.js';
import { costOf } from '../graphql/cost.js';
import { edgeError } from '../graphql/errors.js';
import { nameFields } from '../graphql/input.js';
import type { GraphqlLimits } from '../graphql/limits.js';
import { limitRules } from '../graphql/options.js';
import type { Variables } from '../graphql/page-size.js';
import { refuseCostly } from '../graphql/plugin.js';

export type OperationRules = {
  readonly schema: GraphQLSchema;
  readonly limits: GraphqlLimits;
};

const asErrors = (error: unknown): readonly GraphQLError[] => [
  error instanceof GraphQLError ? error : new GraphQLError('The document cannot be read.'),
];

/**
 * Reads one `subscribe` message: what is to be executed, or why it is refused. The same limits hold
 * as over HTTP; queries and mutations have their place there and are refused here.
 */
export const readOperation = (
  payload: SubscribePayload,
  context: OperationContext,
  { schema, limits }: OperationRules,
): ExecutionArgs | readonly GraphQLError[] => {
  const document = parsed(payload.query, limits);
  if (!('kind' in document)) return document;
  const errors = validate(schema, document, [...specifiedRules, ...limitRules(limits)], {
    maxErrors: limits.validationErrorsMax,
    hideSuggestions: true,
  });
  nameFields(errors, document);
  if (errors.length > 0) return errors.map(asValidationError);
  const operation = getOperationAST(document, payload.operationName);
  if (!operation)
    return [edgeError('BAD_USER_INPUT', 'Name one operation.', { field: 'operationName' })];
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION)
    return [edgeError('BAD_USER_INPUT', 'Only subscriptions come here; POST this to /graphql.')];
  const variables = payload.variables ?? {};
  const wrong = wrongVariables(schema, operation, variables);
  if (wrong.length > 0) return wrong;
  try {
    refuseCostly(costOf({ schema, document, operation, variables, limits }), limits);
  } catch (error) {
    return asErrors(error);
  }
  const operationName = payload.operationName ?? null;
  return { schema, document, operationName, variableValues: variables, contextValue: context };
};

const wrongVariables = (
  schema: GraphQLSchema,
  { variableDefinitions }: OperationDefinitionNode,
  variables: Variables,
): readonly GraphQLError[] => {
  const { errors } = getVariableValues(schema, variableDefinitions ?? [], variables);
  return (errors ?? []).map(({ message }) => edgeError('BAD_USER_INPUT', message));
};

const parsed = (query: string, limits: GraphqlLimits): DocumentNode | readonly GraphQLError[] => {
  try {
    return parse(query, { maxTokens: limits.tokensMax });
  } catch (error) {
    return asErrors(error).map(({ message }) => edgeError('GRAPHQL_PARSE_FAILED', message));
  }
};

const asValidationError = (error: GraphQLError): GraphQLError =>
  new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', ...error.extensions },
  });
