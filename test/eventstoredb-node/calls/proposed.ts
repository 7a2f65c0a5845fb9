import type shared from '@eventstore/db-client/generated/shared_pb.js';
import type { ProposedEvent } from '../log/event.js';
import { metadataMissing } from '../wire/errors.js';
import { uuidFrom } from '../wire/identifiers.js';

/** An event as both ways of appending bring it. */
export type Message = {
  getId(): shared.UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
};

/** Throws CallFailed when a property is missing, TypeError when one means nothing. */
export const proposedFrom = (message: Message): ProposedEvent => {
  const properties = message.getMetadataMap();
  const type = properties.get('type');
  const contentType = properties.get('content-type');
  if (type === undefined) throw metadataMissing('type');
  if (contentType === undefined) throw metadataMissing('content-type');
  if (type === '') throw new TypeError('Empty eventType provided.');
  return {
    id: uuidFrom(message.getId()),
    type,
    isJson: contentType === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
};

const BYTES_PER_CHARACTER = 2;

/** What the server counts towards the limit of an append. */
export const sizeOf = ({ type, data, metadata }: ProposedEvent): number =>
  data.length + metadata.length + type.length * BYTES_PER_CHARACTER;
