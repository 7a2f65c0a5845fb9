import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

export const CORRELATION_HEADER = 'x-correlation-id';
const ACCEPTED = /^[A-Za-z0-9._-]{8,64}$/;
const current = new AsyncLocalStorage<string>();

/** The caller's own id when it is harmless, so that both sides' logs agree; else a fresh one. */
export const correlationIdFrom = (header: unknown): string =>
  typeof header === 'string' && ACCEPTED.test(header) ? header : randomUUID();

/** Runs `work` with all that follows from it under one correlation id. */
export const correlated = <T>(id: string, work: () => T): T => current.run(id, work);

/** The id of the request that is being served; a fresh one outside of any. */
export const currentCorrelationId = (): string => current.getStore() ?? randomUUID();

/** The same, or undefined outside of any request: for the log. */
export const correlationIdIfAny = (): string | undefined => current.getStore();
