import { fileURLToPath } from 'node:url';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver } from '@nestjs/apollo';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import type { ValidationRule } from 'graphql';
import type { Authenticator } from '#access';
import { GRAPHQL_PATH } from '../http/adapter.js';
import { currentCorrelationId } from '../http/correlation.js';
import type { Log } from '../http/log.js';
import { httpContext } from './context.js';
import { aliasLimit, directiveLimit } from './counted.js';
import { withDeadline } from './deadline.js';
import { depthLimit } from './depth.js';
import { maskError } from './errors.js';
import type { GraphqlLimits } from './limits.js';
import { createDocumentCache } from './persisted-queries.js';
import { edgePlugin } from './plugin.js';
import { SCALARS } from './scalars.js';

export type GraphqlOptions = {
  /** Globs of the SDL files, besides the scalars'. */
  readonly typePaths: readonly string[];
  /** Resolvers that are no classes: `__resolveType` of unions and interfaces. */
  readonly resolvers: { readonly [type: string]: object };
  readonly authenticator: Authenticator;
  readonly limits: GraphqlLimits;
  /** Whether the schema may be read by anyone. */
  readonly introspection: boolean;
  readonly log: Log;
};

const SCALARS_SDL = fileURLToPath(new URL('./scalars.graphql', import.meta.url));

/** The rules that every document passes before it is executed, over HTTP and over WebSocket. */
export const limitRules = (limits: GraphqlLimits): readonly ValidationRule[] => [
  depthLimit(limits.depthMax),
  aliasLimit(limits.aliasesMax),
  directiveLimit(limits.directivesMax),
];

/**
 * The options of Nest's GraphQLModule: schema first, at /graphql, without batches, GET mutations or
 * pages of its own; automatic persisted queries; limits before execution and a deadline for it;
 * errors masked. Subscriptions are served by `serveSubscriptions` and `serveStreams`.
 */
export const createGraphqlOptions = (options: GraphqlOptions): ApolloDriverConfig => ({
  driver: ApolloDriver,
  path: GRAPHQL_PATH,
  typePaths: [SCALARS_SDL, ...options.typePaths],
  resolvers: { ...SCALARS, ...options.resolvers },
  transformSchema: (schema) => withDeadline(schema, options.limits.operationMsMax),
  context: httpContext(options.authenticator, options.log),
  introspection: options.introspection,
  graphiql: false,
  // No cookie is looked at, so nothing can be forged; but nobody should find out by timing either.
  csrfPrevention: true,
  allowBatchedHttpRequests: false,
  persistedQueries: { cache: createDocumentCache() },
  hideSchemaDetailsFromClientErrors: true,
  includeStacktraceInErrorResponses: false,
  stopOnTerminationSignals: false,
  // A field below the root may ask for a capability of its own.
  fieldResolverEnhancers: ['guards'],
  autoTransformHttpErrors: false,
  // The plugin decides the status by the code: 503 and 401 must reach probes and proxies.
  preserveHttpStatusForExecutionErrors: false,
  parseOptions: { maxTokens: options.limits.tokensMax },
  validationOptions: {
    maxErrors: options.limits.validationErrorsMax,
    hideSuggestions: true,
  },
  validationRules: [...limitRules(options.limits)],
  // Nothing here may be kept by a cache, which the headers say; Apollo's own way to say so hooks into
  // every field of every answer, a tenth of the whole time.
  plugins: [ApolloServerPluginCacheControlDisabled(), edgePlugin(options.limits)],
  formatError: (formatted, error) =>
    maskError(formatted, error, {
      correlationId: currentCorrelationId(),
      report: (cause) => reportError(options.log, cause),
    }),
});

/** Logs an error that a client is told about only vaguely. */
export const reportError = (log: Log, error: unknown): void => {
  const cause =
    typeof error === 'object' && error !== null && 'originalError' in error
      ? (error.originalError ?? error)
      : error;
  log.error({ error: cause }, 'an operation failed');
};
