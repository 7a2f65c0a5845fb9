import { Metadata, status, type ServiceError } from '@grpc/grpc-js';

/** What ends a call: a status, its words, and trailers that say more. */
export class CallFailed extends Error implements ServiceError {
  override readonly name = 'CallFailed';
  readonly metadata: Metadata;
  constructor(
    readonly code: status,
    readonly details: string,
    trailers: Readonly<Record<string, string>> = {},
  ) {
    super(details);
    this.metadata = new Metadata();
    for (const [key, value] of Object.entries(trailers)) this.metadata.set(key, value);
  }
}

export const streamDeleted = (stream: string): CallFailed =>
  new CallFailed(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const wrongExpectedVersion = (
  operation: string,
  stream: string,
  versions: { readonly expected: bigint; readonly actual: bigint },
): CallFailed =>
  new CallFailed(
    status.FAILED_PRECONDITION,
    `${operation} failed due to WrongExpectedVersion. Stream: ${stream}, ` +
      `Expected version: ${versions.expected}, Actual version: ${versions.actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': versions.expected.toString(),
      'actual-version': versions.actual.toString(),
    },
  );

export const maxAppendSizeExceeded = (bytesMax: number): CallFailed =>
  new CallFailed(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytesMax} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': bytesMax.toString(),
  });

export const metadataMissing = (property: string): CallFailed =>
  new CallFailed(status.INVALID_ARGUMENT, `Required Metadata Property '${property}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

export const notLeader = (leader: { readonly host: string; readonly port: number }): CallFailed =>
  new CallFailed(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': leader.host,
    'leader-endpoint-port': leader.port.toString(),
  });

export const accessDenied = (): CallFailed =>
  new CallFailed(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const timedOut = (): CallFailed =>
  new CallFailed(status.ABORTED, 'Operation timed out: the write was not committed in time');

export const notReady = (): CallFailed => new CallFailed(status.UNAVAILABLE, 'Server Is Not Ready');

export const invalidArgument = (words: string): CallFailed =>
  new CallFailed(status.INVALID_ARGUMENT, words);

/** As the server's framework words whatever a handler did not foresee. */
export const unforeseen = (): CallFailed =>
  new CallFailed(status.UNKNOWN, 'Exception was thrown by handler.');
