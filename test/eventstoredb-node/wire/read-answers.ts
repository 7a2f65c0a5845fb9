import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { RecordedEvent } from '../log/event.js';
import { streamIdentifier, uuidTo } from './identifiers.js';

const TICKS_PER_MS = 10_000n;

export type UuidForm = 'string' | 'structured';

const recorded = (
  event: RecordedEvent,
  form: UuidForm,
): streams.ReadResp.ReadEvent.RecordedEvent => {
  const message = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(uuidTo(event.id, form))
    .setStreamIdentifier(streamIdentifier(event.stream))
    .setStreamRevision(event.revision.toString())
    .setCommitPosition(event.ordinal.toString())
    .setPreparePosition(event.ordinal.toString())
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  const ticks = BigInt(Math.trunc(event.createdAtMs)) * TICKS_PER_MS;
  message
    .getMetadataMap()
    .set('type', event.type)
    .set('created', ticks.toString())
    .set('content-type', event.isJson ? 'application/json' : 'application/octet-stream');
  return message;
};

export const eventRead = (event: RecordedEvent, form: UuidForm): streams.ReadResp =>
  new streams.ReadResp().setEvent(
    new streams.ReadResp.ReadEvent()
      .setEvent(recorded(event, form))
      .setCommitPosition(event.ordinal.toString()),
  );

export const streamNotFound = (stream: string): streams.ReadResp =>
  new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream)),
  );

export const firstStreamPosition = (revision: bigint): streams.ReadResp =>
  new streams.ReadResp().setFirstStreamPosition(revision.toString());

export const lastStreamPosition = (revision: bigint): streams.ReadResp =>
  new streams.ReadResp().setLastStreamPosition(revision.toString());

export const confirmed = (subscriptionId: string): streams.ReadResp =>
  new streams.ReadResp().setConfirmation(
    new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(subscriptionId),
  );

export const checkpointAt = (ordinal: bigint): streams.ReadResp =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint()
      .setCommitPosition(ordinal.toString())
      .setPreparePosition(ordinal.toString()),
  );

export const caughtUp = (): streams.ReadResp =>
  new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());
