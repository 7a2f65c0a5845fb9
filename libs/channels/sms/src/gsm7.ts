import { romanise } from './romanise.js';

/**
 * The GSM 03.38 alphabet, in which a text costs least: 3GPP TS 23.038, section 6.2.1. A single
 * character outside it makes the whole text UCS-2, with less than half the room.
 */
const BASIC: ReadonlySet<string> = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Each is written as an escape and one more septet. */
const EXTENSION: ReadonlySet<string> = new Set('\f^{}\\[~]|€');

type Room = { readonly single: number; readonly part: number };

/** Septets in one message, and in a part of several, which carries a header. */
const GSM7_ROOM: Room = { single: 160, part: 153 };
/** UTF-16 units. */
const UCS2_ROOM: Room = { single: 70, part: 67 };

/** The septets that fit in one message. */
export const SEGMENT_SEPTETS = GSM7_ROOM.single;

export type Segments = {
  readonly encoding: 'GSM-7' | 'UCS-2';
  /** Septets of GSM-7, or UTF-16 units of UCS-2. */
  readonly units: number;
  readonly segments: number;
};

/** 1, or 2 for the extension; null for what GSM-7 cannot write. */
const widthOf = (character: string): 1 | 2 | null => {
  if (BASIC.has(character)) return 1;
  return EXTENSION.has(character) ? 2 : null;
};

/** The septets of `text`, or null when GSM-7 cannot write it. */
export const septetsOf = (text: string): number | null => {
  let septets = 0;
  for (const character of text) {
    const width = widthOf(character);
    if (width === null) return null;
    septets += width;
  }
  return septets;
};

/** A part never ends within a character: the next one begins with it. */
const partsOf = (widths: readonly number[], { single, part }: Room): number => {
  if (widths.reduce((sum, width) => sum + width, 0) <= single) return 1;
  let parts = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > part) {
      parts += 1;
      used = 0;
    }
    used += width;
  }
  return parts;
};

/** How a text is written and how many segments it costs. An empty text costs one. */
export const segmentsOf = (text: string): Segments => {
  const characters = Array.from(text);
  const septets = septetsOf(text);
  return septets === null
    ? {
        encoding: 'UCS-2',
        units: text.length,
        segments: partsOf(
          characters.map((character) => character.length),
          UCS2_ROOM,
        ),
      }
    : {
        encoding: 'GSM-7',
        units: septets,
        segments: partsOf(
          characters.map((character) => widthOf(character) ?? 1),
          GSM7_ROOM,
        ),
      };
};

/** As much of the start of `text` as fits into so many septets. `text` is GSM-7. */
export const cutToSeptets = (text: string, septetsMax: number): string => {
  let cut = '';
  let room = septetsMax;
  for (const character of text) {
    room -= widthOf(character) ?? 0;
    if (room < 0) break;
    cut += character;
  }
  return cut;
};

const writable = (text: string): string =>
  Array.from(text)
    .filter((character) => widthOf(character) !== null)
    .join('');

/** NFKD takes accents off and ligatures, widths and fonts apart: `ﬁ` becomes `fi`, `𝐀` an `A`. */
const written = (character: string): string => {
  if (widthOf(character) !== null) return character;
  const known = romanise(character);
  if (known !== null) return writable(known);
  return Array.from(character.normalize('NFKD'), (part) =>
    widthOf(part) === null ? (romanise(part) ?? '') : part,
  ).join('');
};

/**
 * `text` in the letters of GSM-7. Accents that it lacks are left off, Greek and Cyrillic are
 * written with its letters, typographic marks with plain ones. What has no counterpart, such as an
 * emoji or Arabic, is dropped.
 */
export const transliterate = (text: string): string =>
  // Composed first, so that an é in two code points is the é that GSM-7 has.
  Array.from(text.normalize('NFC'), written).join('');
