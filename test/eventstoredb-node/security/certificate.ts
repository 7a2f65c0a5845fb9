import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto';

// DER, as far as a certificate for this machine alone needs it: X.690 and RFC 5280.
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
const context = (number: number): number => 0xa0 + number;

const SHORT_LENGTH_MAX = 0x7f;
const LONG_LENGTH = 0x80;

const lengthOf = (bytes: number): Buffer => {
  if (bytes <= SHORT_LENGTH_MAX) return Buffer.from([bytes]);
  const digits = bytes.toString(16);
  const long = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([LONG_LENGTH + long.length]), long]);
};

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
};

/** Of the numbers' bytes, as they stand in the registries. */
const objectId = (hex: string): Buffer => der(OBJECT_ID, Buffer.from(hex, 'hex'));
const noUnusedBits = Buffer.from([0]);
const YES = Buffer.from([0x01, 0x01, 0xff]);

const ecdsaWithSha256 = der(SEQUENCE, objectId('2a8648ce3d040302'));
const commonName = objectId('550403');
const subjectAltName = objectId('551d11');
const basicConstraints = objectId('551d13');
const IP_ADDRESS = 0x87;
const LOCALHOST = Buffer.from([127, 0, 0, 1]);
const SERIAL_BYTES = 8;

const utcTime = (at: Date): Buffer => {
  const digits = at.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return der(UTC_TIME, Buffer.from(`${digits}Z`, 'ascii'));
};

const pem = (bytes: Uint8Array): string =>
  [
    '-----BEGIN CERTIFICATE-----',
    ...(Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []),
    '-----END CERTIFICATE-----',
    '',
  ].join('\n');

export type Certified = { readonly key: string; readonly certificate: string };

/** A new key and a certificate for 127.0.0.1, signed by itself, good from `from` until `until`. */
export const certified = (from: Date, until: Date): Certified => {
  const { privateKey: key } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const words = der(UTF8_STRING, Buffer.from('a node for tests', 'utf8'));
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, commonName, words)));
  // The first bit of the serial stays clear: it is positive.
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(SERIAL_BYTES)]);
  const addresses = der(SEQUENCE, der(IP_ADDRESS, LOCALHOST));
  const extensions = der(
    SEQUENCE,
    der(SEQUENCE, subjectAltName, der(OCTET_STRING, addresses)),
    der(SEQUENCE, basicConstraints, der(OCTET_STRING, der(SEQUENCE, YES))),
  );
  const toBeSigned = der(
    SEQUENCE,
    der(context(0), der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serial),
    ecdsaWithSha256,
    name,
    der(SEQUENCE, utcTime(from), utcTime(until)),
    name,
    publicKey,
    der(context(3), extensions),
  );
  const signature = sign('sha256', toBeSigned, createPrivateKey(key));
  const signed = der(
    SEQUENCE,
    toBeSigned,
    ecdsaWithSha256,
    der(BIT_STRING, noUnusedBits, signature),
  );
  return { key, certificate: pem(signed) };
};
