import type { LoggerService } from '@nestjs/common';
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { isTranslated } from '../graphql/errors.js';
import { correlationIdIfAny } from './correlation.js';

/**
 * The only names that ever reach the log, in any object, on any line. What a customer wrote, who
 * they are and what proves it has no name here, so that a careless line loses a detail and leaks
 * nothing.
 */
export const LOGGED = [
  'actual',
  'attempt',
  'check',
  'closer',
  'code',
  'context',
  'correlationId',
  'count',
  'dataDirectory',
  'error',
  'follower',
  'frames',
  'lagMs',
  'limit',
  'method',
  'ms',
  'name',
  'operationType',
  'port',
  'reason',
  'route',
  'signal',
  'sockets',
  'status',
  'url',
  'version',
] as const;

const LOGGED_NAMES: ReadonlySet<string> = new Set(LOGGED);
const TEXT_CHARACTERS_MAX = 500;
const FRAMES_MAX = 12;

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'level'>;

type LoggedError = {
  readonly name: string;
  readonly code?: string;
  readonly frames?: readonly string[];
};

/**
 * What the log keeps of an error: not its message, which may quote what a customer wrote, but its
 * name, its code and where it came from.
 */
export const describeError = (error: unknown): LoggedError => {
  if (typeof error !== 'object' || error === null) return { name: typeof error };
  const name = 'name' in error ? error.name : null;
  const code = 'code' in error ? error.code : null;
  const stack = 'stack' in error ? error.stack : null;
  const lines = typeof stack === 'string' ? stack.split('\n') : [];
  const frames = lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
  return {
    name: typeof name === 'string' ? name : 'Error',
    ...(typeof code === 'string' && { code }),
    ...(frames.length > 0 && { frames: frames.slice(0, FRAMES_MAX) }),
  };
};

const allowed = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      LOGGED_NAMES.has(name) ? [[name, loggable(name, value)]] : [],
    ),
  );

const loggable = (name: string, value: unknown): unknown => {
  if (name === 'error') return describeError(value);
  if (typeof value === 'string') return value.slice(0, TEXT_CHARACTERS_MAX);
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
};

/**
 * JSON lines with the allowed fields and the correlation id of the request that is being served.
 */
export const createLog = (level: string, destination: DestinationStream): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: allowed },
      serializers: { err: describeError },
      mixin: () => {
        const correlationId = correlationIdIfAny();
        return correlationId === undefined ? {} : { correlationId };
      },
    },
    destination,
  );

/** Errors that a client is told about in full are no news for the operator. */
const isExpected = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'extensions' in value &&
  typeof value.extensions === 'object' &&
  value.extensions !== null &&
  'code' in value.extensions;

/** Nest logs that it cannot listen, and throws it, too: whoever starts it says so in a sentence. */
const isToldByCaller = (message: unknown, context: unknown): boolean =>
  context === 'NestApplication' && typeof message === 'string' && / listen E[A-Z]+/.test(message);

/**
 * Nest's own lines, in the same log and under the same rule: of an error its name and frames only.
 */
export const nestLog = (log: Log): LoggerService => {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: unknown, ...rest: readonly unknown[]): void => {
      // What is translated has been logged where that was done.
      if (isExpected(message) || isTranslated(message)) return;
      const last = rest.at(-1);
      if (isToldByCaller(message, last)) return;
      const fields = typeof last === 'string' ? { context: last } : {};
      if (typeof message === 'string') log[level](fields, message);
      else log[level]({ ...fields, error: message }, 'an error was not handled');
    };
  return {
    log: write('debug'),
    error: write('error'),
    warn: write('warn'),
    debug: write('debug'),
    verbose: write('debug'),
    fatal: write('error'),
  };
};
