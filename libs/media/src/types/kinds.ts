/** What a file is for, by the channel's own words. */
export type MediaKind = 'IMAGE' | 'VIDEO' | 'AUDIO' | 'DOCUMENT' | 'STICKER';

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * WhatsApp's limits, in bytes.
 * https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media (read 2026-11-20)
 */
export const mediaBytesMax: { readonly [Kind in MediaKind]: number } = {
  IMAGE: 5 * MIB,
  VIDEO: 16 * MIB,
  AUDIO: 16 * MIB,
  DOCUMENT: 100 * MIB,
  STICKER: 500 * KIB,
};
