/**
 * A voice message of silence, as a phone records it: Opus in Ogg (RFC 6716, RFC 7845), one channel,
 * packets of 20 ms.
 */
const CRC_POLYNOMIAL = 0x04c11db7;
const SAMPLES_PER_PACKET = 960;
const PACKETS_PER_SECOND = 50;
const PRE_SKIP = 312;
const SERIAL = 0x0ca5e3e1;
const FIRST_PAGE = 2;
const LAST_PAGE = 4;
/** CELT, the whole band, 20 ms: a frame without a sound. */
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);

const crcTable: readonly number[] = Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24;
  for (let bit = 0; bit < 8; bit += 1)
    crc = (crc << 1) ^ ((crc & 0x80000000) === 0 ? 0 : CRC_POLYNOMIAL);
  return crc >>> 0;
});

const crcOf = (bytes: Buffer): number => {
  let crc = 0;
  for (const byte of bytes)
    crc = ((crc << 8) ^ (crcTable[((crc >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  return crc;
};

type Page = {
  readonly number: number;
  readonly kind: number;
  /** Samples at 48 kHz up to the end of the page. */
  readonly samples: number;
  /** Each shorter than 255 bytes. */
  readonly packets: readonly Buffer[];
};

const pageOf = ({ number, kind, samples, packets }: Page): Buffer => {
  const header = Buffer.alloc(27);
  header.write('OggS', 'latin1');
  header.writeUInt8(kind, 5);
  header.writeBigUInt64LE(BigInt(samples), 6);
  header.writeUInt32LE(SERIAL, 14);
  header.writeUInt32LE(number, 18);
  header.writeUInt8(packets.length, 26);
  const lacing = Buffer.from(packets.map(({ length }) => length));
  const page = Buffer.concat([header, lacing, ...packets]);
  page.writeUInt32LE(crcOf(page), 22);
  return page;
};

const head = (): Buffer => {
  const packet = Buffer.alloc(19);
  packet.write('OpusHead', 'latin1');
  packet.writeUInt8(1, 8);
  packet.writeUInt8(1, 9);
  packet.writeUInt16LE(PRE_SKIP, 10);
  packet.writeUInt32LE(48_000, 12);
  return packet;
};

const tags = (): Buffer => {
  const vendor = Buffer.from('casement', 'latin1');
  const packet = Buffer.alloc(16);
  packet.write('OpusTags', 'latin1');
  packet.writeUInt32LE(vendor.length, 8);
  return Buffer.concat([packet.subarray(0, 12), vendor, packet.subarray(12)]);
};

export const voiceNote = (seconds: number): Buffer => {
  const packets = Array.from({ length: PACKETS_PER_SECOND }, () => SILENCE);
  return Buffer.concat([
    pageOf({ number: 0, kind: FIRST_PAGE, samples: 0, packets: [head()] }),
    pageOf({ number: 1, kind: 0, samples: 0, packets: [tags()] }),
    ...Array.from({ length: seconds }, (_, index) =>
      pageOf({
        number: index + 2,
        kind: index === seconds - 1 ? LAST_PAGE : 0,
        samples: (index + 1) * PACKETS_PER_SECOND * SAMPLES_PER_PACKET,
        packets,
      }),
    ),
  ]);
};
