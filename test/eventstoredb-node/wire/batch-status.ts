import code from '@eventstore/db-client/generated/code_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Expected } from '../log/judgement.js';
import { streamIdentifier } from './identifiers.js';

type Details = { readonly serializeBinary: () => Uint8Array };

/** What a batch of its own is answered when it fails, while the call goes on for the others. */
const failed = (
  name: string,
  codeOf: (typeof code.Code)[keyof typeof code.Code],
  details: Details,
): status.Status => {
  const packed = new any.Any();
  packed.pack(details.serializeBinary(), `event_store.client.${name}`);
  return new status.Status().setMessage(name).setCode(codeOf).setDetails(packed);
};

export const batchWrongExpectedVersion = (expected: Expected, current: bigint): status.Status => {
  const details = new shared.WrongExpectedVersion();
  if (current < 0n) details.setCurrentNoStream(new empty.Empty());
  else details.setCurrentStreamRevision(BigInt.asUintN(64, current).toString());
  if (expected === 'any') details.setExpectedAny(new empty.Empty());
  else if (expected === 'no-stream') details.setExpectedNoStream(new empty.Empty());
  else if (expected === 'stream-exists') details.setExpectedStreamExists(new empty.Empty());
  else details.setExpectedStreamPosition(expected.toString());
  return failed('WrongExpectedVersion', code.Code.ALREADY_EXISTS, details);
};

export const batchStreamDeleted = (stream: string): status.Status =>
  failed(
    'StreamDeleted',
    code.Code.NOT_FOUND,
    new shared.StreamDeleted().setStreamIdentifier(streamIdentifier(stream)),
  );

export const batchTimeout = (): status.Status =>
  failed('Timeout', code.Code.DEADLINE_EXCEEDED, new shared.Timeout());

export const batchAccessDenied = (): status.Status =>
  failed('AccessDenied', code.Code.PERMISSION_DENIED, new shared.AccessDenied());

export const batchTooLarge = (bytesMax: number): status.Status =>
  failed(
    'MaximumAppendSizeExceeded',
    code.Code.INVALID_ARGUMENT,
    new shared.MaximumAppendSizeExceeded().setMaxappendsize(bytesMax),
  );

export const batchBadRequest = (message: string): status.Status =>
  failed('BadRequest', code.Code.INVALID_ARGUMENT, new shared.BadRequest().setMessage(message));

export const batchUnknown = (): status.Status =>
  failed('Unknown', code.Code.UNKNOWN, new shared.Unknown());

export const batchNotReady = (): status.Status => {
  const packed = new any.Any();
  packed.pack(new empty.Empty().serializeBinary(), 'google.protobuf.Empty');
  return new status.Status().setMessage('Server Is Not Ready').setDetails(packed);
};
