import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type {
  DocumentNode,
  ExecutionArgs,
  GraphQLSchema,
  OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { OperationContext } from './context.js';
import { costOf } from './cost.js';
import { edgeError } from './errors.js';
import { nameFields } from './input.js';
import type { GraphqlLimits } from './limits.js';
import { limitRules } from './options.js';
import type { Variables } from './page-size.js';
import { refuseCostly } from './plugin.js';

export type OperationRules = {
  readonly schema: GraphQLSchema;
  readonly limits: GraphqlLimits;
  /** Whether the schema may be read by anyone. */
  readonly introspection: boolean;
};

/** What a client asks, whichever way it came. */
export type OperationRequest = {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Variables | null | undefined;
};

/** Which operations come this way, and what is said of the others. */
export type Way = {
  readonly takes: readonly OperationTypeNode[];
  readonly elsewhere: string;
};

const asErrors = (error: unknown): readonly GraphQLError[] => [
  error instanceof GraphQLError ? error : new GraphQLError('The document cannot be read.'),
];

/**
 * Reads one operation that did not come through Apollo: what is to be executed, or why it is
 * refused. The same limits hold as over plain HTTP.
 */
export const readOperation = (
  request: OperationRequest,
  context: OperationContext,
  rules: OperationRules,
  way: Way,
): ExecutionArgs | readonly GraphQLError[] => {
  const { schema, limits } = rules;
  const document = parsed(request.query, limits);
  if (!('kind' in document)) return document;
  const errors = validated(document, rules);
  if (errors.length > 0) return errors.map(asValidationError);
  const operation = getOperationAST(document, request.operationName);
  if (!operation)
    return [edgeError('BAD_USER_INPUT', 'Name one operation.', { field: 'operationName' })];
  if (!way.takes.includes(operation.operation))
    return [edgeError('BAD_USER_INPUT', way.elsewhere, { field: 'query' })];
  const variables = request.variables ?? {};
  const wrong = wrongVariables(schema, operation, variables);
  if (wrong.length > 0) return wrong;
  try {
    refuseCostly(costOf({ schema, document, operation, variables, limits }), limits);
  } catch (error) {
    return asErrors(error);
  }
  const operationName = request.operationName ?? null;
  return { schema, document, operationName, variableValues: variables, contextValue: context };
};

const validated = (
  document: DocumentNode,
  { schema, limits, introspection }: OperationRules,
): readonly GraphQLError[] => {
  const hidden = introspection ? [] : [NoSchemaIntrospectionCustomRule];
  const all = [...specifiedRules, ...limitRules(limits), ...hidden];
  const options = { maxErrors: limits.validationErrorsMax, hideSuggestions: true };
  try {
    const errors = validate(schema, document, all, options);
    nameFields(errors, document);
    return errors;
  } catch (error) {
    // A rule that looks at the root field of a subscription has no variables for its directives yet.
    return asErrors(error);
  }
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
