import type { ApolloServerPlugin, GraphQLRequestListener, GraphQLResponse } from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { costOf } from './cost.js';
import { RESPONSE_MEDIA_TYPE } from '../http/adapter.js';
import { clearDeadline } from './deadline.js';
import { badRequest } from './errors.js';
import { nameFields } from './input.js';
import type { OperationContext } from './context.js';
import type { GraphqlLimits } from './limits.js';
import { Turns } from './turns.js';

const RETRY_AFTER_SECONDS = '1';

/** Throws LIMIT_EXCEEDED when the operation costs more than is allowed. */
export const refuseCostly = (requested: number, { costMax }: GraphqlLimits): void => {
  if (requested <= costMax) return;
  const message = `The operation costs ${requested}; ${costMax} is allowed. Ask for smaller pages.`;
  throw badRequest('LIMIT_EXCEEDED', message, { limit: costMax, actual: requested });
};

/**
 * Names fields in validation errors, counts the cost before execution, and sets the HTTP status.
 */
export const edgePlugin = (limits: GraphqlLimits): ApolloServerPlugin<OperationContext> => {
  const turns = new Turns(limits);
  /** Gives the turn of the operation with this context back. */
  const over = new WeakMap<object, () => void>();
  return {
    unexpectedErrorProcessingRequest: async ({ requestContext: { contextValue } }) =>
      over.get(contextValue)?.(),
    requestDidStart: async () => requestListener(limits, turns, over),
  };
};

const requestListener = (
  limits: GraphqlLimits,
  turns: Turns,
  over: WeakMap<object, () => void>,
): GraphQLRequestListener<OperationContext> => {
  let requested = 0;
  return {
    validationDidStart:
      async ({ document }) =>
      async (errors) => {
        if (errors) nameFields(errors, document);
      },
    didResolveOperation: async ({ schema, document, operation, request, contextValue }) => {
      if (!operation) return;
      if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw wrongWay();
      const variables = request.variables ?? {};
      requested = costOf({ schema, document, operation, variables, limits });
      refuseCostly(requested, limits);
      const { authentication } = contextValue;
      if (operation.operation !== OperationTypeNode.QUERY || authentication.kind !== 'known')
        return;
      const { organisationId } = authentication.principal;
      over.set(contextValue, await turns.take(organisationId, requested));
    },
    willSendResponse: async ({ response, request, source, contextValue }) => {
      over.get(contextValue)?.();
      clearDeadline(contextValue);
      if (response.body.kind !== 'single') return;
      const result = response.body.singleResult;
      result.extensions = {
        ...result.extensions,
        cost: { requested, maximum: limits.costMax },
      };
      const errors = result.errors ?? [];
      setStatus(response, errors);
      const isRead = source !== undefined;
      if (isRead && isBadDocument(errors) && wantsJsonOnly(request.http?.headers.get('accept')))
        response.http.status = 200;
    },
  };
};

const wrongWay = (): GraphQLError =>
  badRequest(
    'BAD_USER_INPUT',
    'Subscriptions come over WebSocket (graphql-transport-ws) at this same path, ' +
      'and as server-sent events at /graphql/stream.',
    { field: 'query' },
  );

/** Probes and proxies look at the status, not into the body. */
const setStatus = ({ http }: GraphQLResponse, errors: readonly GraphQLFormattedError[]): void => {
  const codes = errors.map(({ extensions }) => extensions?.['code']);
  if (codes.includes('STORE_UNAVAILABLE')) {
    http.status = 503;
    http.headers.set('retry-after', RETRY_AFTER_SECONDS);
  } else if (codes.length > 0 && codes.every((code) => code === 'UNAUTHENTICATED')) {
    http.status = 401;
    http.headers.set('www-authenticate', 'Bearer');
  }
};

/** A document that is no good. What we limit is not among them: its refusal is 400 to everybody. */
const BAD_DOCUMENT = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'];

const isBadDocument = (errors: readonly GraphQLFormattedError[]): boolean =>
  errors.length > 0 &&
  errors.every(({ extensions }) => BAD_DOCUMENT.some((code) => code === extensions?.['code']));

/**
 * Whoever asks for application/json by name and does not know the newer type is answered 200 as
 * soon as the request could be read: so GraphQL over HTTP wants it.
 */
const wantsJsonOnly = (accept = ''): boolean =>
  accept.includes('application/json') && !accept.includes(RESPONSE_MEDIA_TYPE);
