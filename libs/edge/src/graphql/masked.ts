import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Log } from '../http/log.js';
import { maskError } from './errors.js';
import { reportError } from './options.js';

/** What a client is told of errors that did not go through Apollo. */
export const maskErrors = (
  errors: readonly GraphQLError[],
  correlationId: string,
  log: Log,
): readonly GraphQLFormattedError[] =>
  errors.map((error) =>
    maskError(error.toJSON(), error, {
      correlationId,
      report: (cause) => reportError(log, cause),
    }),
  );
