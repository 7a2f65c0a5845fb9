import type { handleUnaryCall } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { NO_STREAM } from '../log/event.js';
import type { Expected } from '../log/judgement.js';
import type { Written } from '../log/writer.js';
import {
  invalidArgument,
  streamDeleted,
  timedOut,
  unforeseen,
  wrongExpectedVersion,
} from '../wire/errors.js';
import { streamNameFrom } from '../wire/identifiers.js';
import { single } from './answering.js';
import type { Context } from './context.js';
import { within } from './within.js';

const expectedFrom = (
  options: streams.DeleteReq.Options | streams.TombstoneReq.Options,
): Expected => {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasStreamExists()) return 'stream-exists';
  if (options.hasRevision()) return BigInt(options.getRevision());
  throw invalidArgument('no expected revision');
};

/** The server's own numbers for what is no revision. */
const versionOf = (expected: Expected): bigint =>
  expected === 'any'
    ? -2n
    : expected === 'stream-exists'
      ? -4n
      : expected === 'no-stream'
        ? NO_STREAM
        : expected;

type Options = streams.DeleteReq.Options | streams.TombstoneReq.Options;

/** The ordinal of what was written to end the stream. */
const ended = async (
  { writeTimeoutMs }: Context,
  options: Options | undefined,
  write: (stream: string, expected: Expected) => Promise<Written>,
): Promise<string> => {
  const stream = streamNameFrom(options?.getStreamIdentifier());
  if (options === undefined || stream === '') throw unforeseen();
  const expected = expectedFrom(options);
  const written = await within(writeTimeoutMs, write(stream, expected));
  if (written === null) throw timedOut();
  if (written.kind === 'deleted') throw streamDeleted(stream);
  if (written.kind === 'wrong')
    throw wrongExpectedVersion('Delete', stream, {
      expected: versionOf(expected),
      actual: written.current,
    });
  return written.ordinal.toString();
};

export const softDelete = (
  context: Context,
): handleUnaryCall<streams.DeleteReq, streams.DeleteResp> =>
  single(
    context,
    async (request) => {
      const at = await ended(context, request.getOptions(), (stream, expected) =>
        context.log.writer.softDelete(stream, expected),
      );
      return new streams.DeleteResp().setPosition(
        new streams.DeleteResp.Position().setCommitPosition(at).setPreparePosition(at),
      );
    },
    { writes: true },
  );

export const tombstone = (
  context: Context,
): handleUnaryCall<streams.TombstoneReq, streams.TombstoneResp> =>
  single(
    context,
    async (request) => {
      const at = await ended(context, request.getOptions(), (stream, expected) =>
        context.log.writer.tombstone(stream, expected),
      );
      return new streams.TombstoneResp().setPosition(
        new streams.TombstoneResp.Position().setCommitPosition(at).setPreparePosition(at),
      );
    },
    { writes: true },
  );
