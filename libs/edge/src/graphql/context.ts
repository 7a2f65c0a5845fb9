import type { AccessContext, Authentication, Authenticator } from '#access';
import { currentCorrelationId } from '../http/correlation.js';
import type { Log } from '../http/log.js';

/** The client's read-your-write header: the cursor of a payload's `position`. */
export const POSITION_HEADER = 'casement-position';

/** What every resolver finds in its context, whichever way the operation came. */
export type OperationContext = AccessContext & {
  readonly correlationId: string;
  /** A cursor that the answer must not be older than; unverified. */
  readonly position: string | null;
};

type RequestHeaders = { readonly [name: string]: string | readonly string[] | undefined };

const one = (header: RequestHeaders[string]): string | undefined =>
  typeof header === 'string' ? header : undefined;

/**
 * Builds the context of an operation that came by HTTP. Never throws: whoever asks is told later.
 */
export const httpContext =
  (authenticator: Authenticator, log: Log) =>
  async (request: { readonly headers: RequestHeaders }): Promise<OperationContext> => ({
    authentication: await authenticateOrUnavailable(
      authenticator,
      one(request.headers['authorization']),
      log,
    ),
    correlationId: currentCorrelationId(),
    position: one(request.headers[POSITION_HEADER]) ?? null,
  });

/** A directory that cannot be asked makes nobody a stranger: it is unavailable. */
export const authenticateOrUnavailable = async (
  authenticator: Authenticator,
  authorization: string | undefined,
  log: Log,
): Promise<Authentication> => {
  try {
    const found = await authenticator.authenticate(authorization);
    if (found.kind === 'refused') log.warn({ reason: found.reason }, 'a token was refused');
    return found;
  } catch (error) {
    log.error({ error: error }, 'the members could not be asked');
    return { kind: 'unavailable' };
  }
};
