import { ErrorType, isCommandError, type CommandError } from '@eventstore/db-client';
import {
  AppendTooLarge,
  StoreUnavailable,
  StreamDeleted,
  WrongExpectedRevision,
  type ExpectedRevision,
} from '../port.js';

/** gRPC's own numbers, for what the client passes on as it came. */
const status = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  aborted: 10,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** Nobody knows whether it was done, or it was not: the same may be asked again. */
const passingTypes: ReadonlySet<ErrorType> = new Set([
  ErrorType.TIMEOUT,
  ErrorType.DEADLINE_EXCEEDED,
  ErrorType.UNAVAILABLE,
  ErrorType.CANCELLED,
  ErrorType.NOT_LEADER,
]);
const passingCodes: ReadonlySet<number> = new Set([
  status.cancelled,
  status.unknown,
  status.deadlineExceeded,
  status.resourceExhausted,
  status.aborted,
  status.internal,
  status.unavailable,
]);

/** An attempt that was given up: no answer in time. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

const codeOf = (error: unknown): number | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null;

/** Of discovery the client says it with a plain error; everything else has a type or a number. */
const isUndiscovered = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('Failed to discover');

/** True when the same may be asked again with some hope. */
export const isPassing = (error: unknown): boolean => {
  if (error instanceof NoAnswer || isUndiscovered(error)) return true;
  if (error instanceof Error && isCommandError(error) && error.type !== ErrorType.UNKNOWN)
    return passingTypes.has(error.type);
  const code = codeOf(error);
  return code !== null && passingCodes.has(code);
};

const isStreamNotFound = (error: CommandError): boolean =>
  error.type === ErrorType.STREAM_NOT_FOUND || error.type === ErrorType.NO_STREAM;

/** True when there is no such stream, which to a reader is an empty one. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof Error && isCommandError(error) && isStreamNotFound(error);

const isOf = (error: unknown, type: ErrorType): boolean =>
  error instanceof Error && isCommandError(error) && error.type === type;

/** True when a tombstone was asked for and stands. */
export const hasTombstone = (error: unknown): boolean => isOf(error, ErrorType.STREAM_DELETED);

/** True when a stream was to be deleted, whatever its revision, and there is none. */
export const hasNothingToDelete = (error: unknown): boolean =>
  isNotFound(error) || isOf(error, ErrorType.WRONG_EXPECTED_VERSION);

export type Asked = { readonly stream?: string; readonly expected?: ExpectedRevision };

/** The error of the port that says the same. What is of no known kind is a defect, and stays. */
export const portError = (error: unknown, { stream = '$all', expected = 'any' }: Asked): Error => {
  if (!(error instanceof Error)) return new StoreUnavailable(String(error));
  if (!isCommandError(error)) {
    const isAnswer = isPassing(error) || codeOf(error) !== null;
    return isAnswer ? unavailable(error) : error;
  }
  switch (error.type) {
    case ErrorType.WRONG_EXPECTED_VERSION: {
      const { actualVersion } = error;
      const actual = typeof actualVersion === 'bigint' ? actualVersion : null;
      return new WrongExpectedRevision(stream, expected, actual);
    }
    case ErrorType.STREAM_DELETED:
      return new StreamDeleted(stream);
    case ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED:
      return new AppendTooLarge(stream, error.maxAppendSize ?? null);
    default:
      return unavailable(error);
  }
};

const unavailable = (cause: Error): StoreUnavailable =>
  new StoreUnavailable(`the log does not answer: ${cause.message}`, { cause });
