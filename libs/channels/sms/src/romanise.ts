/** Marks and letters that no decomposition leads to GSM-7, as `from` and `to`, one by one. */
const MARKS: { readonly [to: string]: string } = {
  ' ':
    '\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a' +
    '\u202f\u205f\u3000\u2028\u2029',
  "'": '`´‘’‚‛′‵ʹʻʼʽˈ＇',
  '"': '“”„‟″‶«»¨〝〞',
  '-': '‐‑‒–—―−⁃﹘﹣－•',
  '<': '‹',
  '>': '›',
  '.': '·‧∙',
  '/': '⁄∕÷',
  '*': '×∗',
  '|': '¦',
  c: '¢©',
  o: '°',
  R: '®',
  Rs: '₹',
  TL: '₺',
};

const LETTERS: { readonly [to: string]: string } = {
  d: 'đð',
  D: 'ĐÐ',
  e: 'ə',
  E: 'Ə',
  h: 'ħ',
  H: 'Ħ',
  i: 'ı',
  k: 'ĸ',
  l: 'ł',
  L: 'Ł',
  n: 'ŋ',
  N: 'Ŋ',
  oe: 'œ',
  OE: 'Œ',
  SS: 'ẞ',
  t: 'ŧ',
  T: 'Ŧ',
  th: 'þ',
  TH: 'Þ',
};

/** GSM-7 has ten Greek capitals; the others look like Latin ones, as on every telephone. */
const GREEK: { readonly [to: string]: string } = {
  A: 'Αα',
  B: 'Ββ',
  Γ: 'γ',
  Δ: 'δ',
  E: 'Εε',
  Z: 'Ζζ',
  H: 'Ηη',
  Θ: 'θ',
  I: 'Ιι',
  K: 'Κκ',
  Λ: 'λ',
  M: 'Μμ',
  N: 'Νν',
  Ξ: 'ξ',
  O: 'Οο',
  Π: 'π',
  P: 'Ρρ',
  Σ: 'σς',
  T: 'Ττ',
  Y: 'Υυ',
  Φ: 'φ',
  X: 'Χχ',
  Ψ: 'ψ',
  Ω: 'ω',
};

/**
 * Cyrillic by sound. By looks, as with Greek, half of the letters would have no counterpart and a
 * name could not be read. Keyed by the small letter.
 */
const CYRILLIC: { readonly [to: string]: string } = {
  a: 'а',
  b: 'б',
  v: 'в',
  g: 'гґ',
  d: 'д',
  e: 'еёэ',
  zh: 'ж',
  z: 'з',
  i: 'иі',
  y: 'йы',
  k: 'к',
  l: 'л',
  m: 'м',
  n: 'н',
  o: 'о',
  p: 'п',
  r: 'р',
  s: 'с',
  t: 'т',
  u: 'уў',
  f: 'ф',
  kh: 'х',
  ts: 'ц',
  ch: 'ч',
  sh: 'ш',
  shch: 'щ',
  yu: 'ю',
  ya: 'я',
  ye: 'є',
  yi: 'ї',
  j: 'ј',
  lj: 'љ',
  nj: 'њ',
  dj: 'ђ',
  c: 'ћ',
  dz: 'џѕ',
  '': 'ъь',
};

const pairs = (table: { readonly [to: string]: string }): readonly (readonly [string, string])[] =>
  Object.entries(table).flatMap(([to, letters]) =>
    Array.from(letters, (letter) => [letter, to] as const),
  );

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const COUNTERPART: ReadonlyMap<string, string> = new Map([
  ...pairs(MARKS),
  ...pairs(LETTERS),
  ...pairs(GREEK),
  ...pairs(CYRILLIC),
  ...pairs(CYRILLIC).map(([letter, to]) => [letter.toUpperCase(), capital(to)] as const),
]);

/** What stands for `character` in Latin, Greek or plain marks; null when nothing is known. */
export const romanise = (character: string): string | null => COUNTERPART.get(character) ?? null;
