/** What a form brought, or what is wrong with it in words for the customer. */
export type WrittenText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'wrong'; readonly text: string; readonly says: string };

/** Everything below a space but tab and line feed, and delete: never part of a message. */
// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000B-\u001F\u007F]/g;

/** Forms write line ends as two characters: one is meant, and one is counted. */
const cleaned = (text: string): string =>
  text.replaceAll('\r\n', '\n').replaceAll(controls, '').trim();

/** Characters are counted as a reader would: an emoji outside the first plane is one. */
const lengthOf = (text: string): number => Array.from(text).length;

export const writtenText = (given: string, charactersMax: number): WrittenText => {
  const text = cleaned(given);
  const length = lengthOf(text);
  if (length === 0) return { kind: 'wrong', text, says: 'Write a message first.' };
  const [most, now] = [charactersMax, length].map((count) => count.toLocaleString('en'));
  return length <= charactersMax
    ? { kind: 'text', text }
    : {
        kind: 'wrong',
        text,
        says: `A message has at most ${most} characters. This one has ${now}.`,
      };
};

const keyShape = /^[0-9A-Za-z-]{8,64}$/;

/** The form's own key, by which a message sent twice is written once; null when it has none. */
export const keyFrom = (given: string | null): string | null =>
  given !== null && keyShape.test(given) ? given : null;
