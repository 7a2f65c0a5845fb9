import { createHmac } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62 to the 11th: 65.5 bits, out of reach of guessing even without a limit on attempts. */
export const portalCodeLength = 11;
/** The largest multiple of 62 in a byte: what lies above would make some characters likelier. */
const bytesBelow = 256 - (256 % alphabet.length);
/** Of 32 bytes one expects 31 to be usable; a second block is rare and a third practically never. */
const blocksMax = 16;

/** The code of a bridge: always the same, and to be had with the key only. Never kept anywhere. */
export const codeOf = (key: string, bridgeId: string): string => {
  let code = '';
  for (let block = 0; block < blocksMax && code.length < portalCodeLength; block += 1)
    code += usable(createHmac('sha256', key).update(`portal-code:${block}:${bridgeId}`).digest());
  if (code.length < portalCodeLength) throw new Error('no portal code could be drawn');
  return code.slice(0, portalCodeLength);
};

const usable = (bytes: Uint8Array): string =>
  [...bytes]
    .filter((byte) => byte < bytesBelow)
    .map((byte) => alphabet.charAt(byte % alphabet.length))
    .join('');

const shape = new RegExp(`^[0-9A-Za-z]{${portalCodeLength}}$`);

/** Whether a text could be a code at all. */
export const isCodeShaped = (text: string): boolean => shape.test(text);
