/**
 * What the first bytes say that a file is. A container (ISO media, ZIP, OLE) holds several types,
 * which its first bytes do not tell apart.
 */
export type Signature =
  | 'jpeg'
  | 'png'
  | 'gif'
  | 'webp'
  | 'iso-media'
  | 'ogg'
  | 'mp3'
  | 'aac'
  | 'amr'
  | 'wav'
  | 'pdf'
  | 'zip'
  | 'ole'
  /** HTML, SVG, XML: what a browser could run. */
  | 'markup'
  | 'text'
  | 'unknown';

/** How many bytes a look takes; fewer are enough when the file has no more. */
export const sniffedBytes = 4_096;

const startsWith = (head: Buffer, ...bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => head[index] === byte);

const latin = (head: Buffer, from: number, to: number): string =>
  head.subarray(from, to).toString('latin1');

/** Brands of still pictures, which stand in the same container as films. */
const pictureBrands = /^(?:heic|heix|heim|heis|hevc|hevx|mif1|msf1|avif|avis)$/;

const isIsoMedia = (head: Buffer): boolean =>
  head.length >= 12 && latin(head, 4, 8) === 'ftyp' && !pictureBrands.test(latin(head, 8, 12));

const riff = (head: Buffer, form: string): boolean =>
  latin(head, 0, 4) === 'RIFF' && latin(head, 8, 12) === form;

/** MPEG audio, layer III, without a tag: eleven bits of sync, then a version that exists. */
const isMp3Frame = (head: Buffer): boolean => {
  const [first = 0, second = 0] = head;
  return (
    first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x18) !== 0x08 && (second & 6) === 2
  );
};

/** ADTS: twelve bits of sync, layer 0. */
const isAac = (head: Buffer): boolean => {
  const [first = 0, second = 0] = head;
  return first === 0xff && (second & 0xf6) === 0xf0;
};

/** Of a file, of an archive without any, of one in parts. */
const zipRecords: ReadonlySet<string> = new Set(['\x03\x04', '\x05\x06', '\x07\x08']);

const binary: readonly (readonly [Signature, (head: Buffer) => boolean])[] = [
  ['jpeg', (head) => startsWith(head, 0xff, 0xd8, 0xff)],
  ['png', (head) => startsWith(head, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
  ['gif', (head) => /^GIF8[79]a/.test(latin(head, 0, 6))],
  ['webp', (head) => riff(head, 'WEBP')],
  ['wav', (head) => riff(head, 'WAVE')],
  ['iso-media', isIsoMedia],
  ['ogg', (head) => latin(head, 0, 4) === 'OggS'],
  ['amr', (head) => /^#!AMR(?:-WB)?\n/.test(latin(head, 0, 9))],
  ['mp3', (head) => latin(head, 0, 3) === 'ID3' || isMp3Frame(head)],
  ['aac', isAac],
  ['pdf', (head) => latin(head, 0, 5) === '%PDF-'],
  ['zip', (head) => startsWith(head, 0x50, 0x4b) && zipRecords.has(latin(head, 2, 4))],
  ['ole', (head) => startsWith(head, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)],
];

const markup =
  /<(?:!doctype|html|head|body|script|svg|iframe|style|title|meta|link|img|a|table|div|p|\?xml)\b/i;

/** Text of UTF-8 or Latin-1 has no such bytes; UTF-16 does, and is told by its first two. */
const isControl = (byte: number): boolean =>
  byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b;

const textOf = (head: Buffer): string | null => {
  if (startsWith(head, 0xff, 0xfe)) return head.toString('utf16le');
  if (startsWith(head, 0xfe, 0xff))
    return Buffer.from(head.subarray(0, head.length - (head.length % 2)))
      .swap16()
      .toString('utf16le');
  return head.some(isControl) ? null : head.toString('latin1');
};

/** Total: of a few bytes that nobody knows it says so. */
export const sniff = (head: Buffer): Signature => {
  const found = binary.find(([, is]) => is(head));
  if (found) return found[0];
  const text = textOf(head);
  if (text === null || text === '') return 'unknown';
  return markup.test(text) ? 'markup' : 'text';
};
