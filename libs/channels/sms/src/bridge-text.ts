import { cutToSeptets, SEGMENT_SEPTETS, septetsOf, transliterate } from './gsm7.js';

export type BridgeLinks = {
  /** The business's WhatsApp number, digits only. */
  readonly whatsAppDigits: string;
  /** Host, path and code, without a scheme. */
  readonly portal: string;
};

export type BridgeText =
  | { readonly kind: 'text'; readonly text: string }
  /** Nothing of the name can be written: the organisation needs an `smsName`. */
  | { readonly kind: 'name-needed' }
  /** No name fits beside such links, or GSM-7 cannot write them: a fault of the configuration. */
  | { readonly kind: 'links-too-long' };

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

const afterName = ({ whatsAppDigits, portal }: BridgeLinks): string =>
  `: Update for you. WhatsApp: wa.me/${whatsAppDigits} Portal: ${portal}`;

/** A name that says nothing once it is cut is cut from its first letter on. */
const shortened = (name: string, septetsMax: number): string | null => {
  const fromFirstLetter = name.slice(Math.max(name.search(LETTER_OR_DIGIT), 0));
  return (
    [name, fromFirstLetter]
      .map((each) => cutToSeptets(each, septetsMax).trimEnd())
      .find((each) => LETTER_OR_DIGIT.test(each)) ?? null
  );
};

/**
 * The one SMS that brings a customer back (R078–R081). Always one GSM-7 segment: the name is
 * transliterated, then shortened, and the links are never touched.
 */
export const bridgeText = ({
  name,
  ...links
}: BridgeLinks & { readonly name: string }): BridgeText => {
  const written = transliterate(name).replace(/\s+/g, ' ').trim();
  if (!LETTER_OR_DIGIT.test(written)) return { kind: 'name-needed' };
  const rest = afterName(links);
  const septets = septetsOf(rest);
  const fits = septets === null ? null : shortened(written, SEGMENT_SEPTETS - septets);
  return fits === null ? { kind: 'links-too-long' } : { kind: 'text', text: `${fits}${rest}` };
};
