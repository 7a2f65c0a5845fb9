/** Of a follower's keys those that belong to `index`, of as many parts as `of`. */
export type Part = { readonly index: number; readonly of: number };

/** A follower that is not divided. */
export const whole: Part = { index: 0, of: 1 };

const separator = '#';

/** Under which name a part has its lease and its checkpoint: while it is the whole, the follower's. */
export const partName = (follower: string, { index, of }: Part): string =>
  of === 1 ? follower : `${follower}${separator}${index}/${of}`;

/** What the names of all parts of a divided follower begin with. */
export const partPrefix = (follower: string): string => `${follower}${separator}`;

/** The names of all parts of a follower. */
export const partNames = (follower: string, parts: number): readonly string[] =>
  Array.from({ length: parts }, (_, index) => partName(follower, { index, of: parts }));

/** To which part a key belongs: the same in every process, and for ever. */
export const hasKey = ({ index, of }: Part, key: string): boolean =>
  of === 1 || stableHash(key) % of === index;

/** FNV-1a over the UTF-8 bytes, and then MurmurHash3's finish, without which low bits are uneven. */
export const stableHash = (text: string): number => {
  let hash = 0x81_1c_9d_c5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01_00_01_93);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 0;
};
