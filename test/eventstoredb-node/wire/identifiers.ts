import shared from '@eventstore/db-client/generated/shared_pb.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HALF_BITS = 64;
const HALF_DIGITS = 16;

const halfOf = (signed: string): string =>
  BigInt.asUintN(HALF_BITS, BigInt(signed)).toString(16).padStart(HALF_DIGITS, '0');

const withHyphens = (digits: string): string =>
  [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');

/** A uuid in either of its two forms, in small letters. Throws TypeError on what is none. */
export const uuidFrom = (message: shared.UUID | undefined): string => {
  const structured = message?.getStructured();
  const text =
    structured === undefined
      ? (message?.getString() ?? '').toLowerCase()
      : withHyphens(
          halfOf(structured.getMostSignificantBits()) +
            halfOf(structured.getLeastSignificantBits()),
        );
  if (!UUID.test(text)) throw new TypeError(`'${text}' is not a uuid`);
  return text;
};

const signedHalf = (digits: string): string =>
  BigInt.asIntN(HALF_BITS, BigInt(`0x${digits}`)).toString();

export const uuidTo = (id: string, form: 'string' | 'structured'): shared.UUID => {
  if (form === 'string') return new shared.UUID().setString(id);
  const digits = id.replaceAll('-', '');
  return new shared.UUID().setStructured(
    new shared.UUID.Structured()
      .setMostSignificantBits(signedHalf(digits.slice(0, HALF_DIGITS)))
      .setLeastSignificantBits(signedHalf(digits.slice(HALF_DIGITS))),
  );
};

export const streamIdentifier = (stream: string): shared.StreamIdentifier =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));

/** The name of a stream, empty when none was given. */
export const streamNameFrom = (identifier: shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
