/** What a provider said, verbatim (R106). Null where it said nothing. */
export type ProviderError = {
  readonly code: string;
  readonly title: string | null;
  readonly message: string | null;
  readonly details: string | null;
};

/** Stands where an error came without a code. */
export const CODE_MISSING = 'none';

/**
 * What may be done about an error: `retry` by itself with backoff; `later`, once a limit has
 * cleared (hours); `fix` the request or the configuration first; `never` with that message.
 */
export type RetryClass = 'retry' | 'later' | 'fix' | 'never';

export type ErrorClass = {
  /** Stable, snake_case: reaches clients as the reason of a failed message (R105). */
  readonly reason: string;
  readonly retry: RetryClass;
  /** Whether the very same request can succeed without anybody changing anything. */
  readonly retryable: boolean;
};

export const errorClass = (reason: string, retry: RetryClass): ErrorClass => ({
  reason,
  retry,
  retryable: retry === 'retry' || retry === 'later',
});

/** A code that nobody has met is not retried, since nothing is known of what it would do. */
export const UNKNOWN_ERROR = errorClass('provider_error', 'never');

/** The codes of each class, with their reasons. */
export type ReasonsByClass = {
  readonly [Class in RetryClass]: { readonly [code: string]: string };
};

/** Code to class. Where a code stands in two classes the later one counts. */
export const errorClasses = (reasons: ReasonsByClass): ReadonlyMap<string, ErrorClass> =>
  new Map(
    (['retry', 'later', 'fix', 'never'] as const).flatMap((retry) =>
      Object.entries(reasons[retry]).map(
        ([code, reason]) => [code, errorClass(reason, retry)] as const,
      ),
    ),
  );
