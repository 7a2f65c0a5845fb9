import type { LocationContent } from './content.js';
import {
  interactiveLimits as limits,
  type InteractiveAction,
  type InteractiveContent,
  type ListSection,
} from './interactive.js';

/** Where something is wrong with a content, and what. The field is that of the input. */
export type ContentFault = {
  readonly field: string;
  readonly fault:
    | 'empty'
    | 'unwritable'
    | 'too_long'
    | 'too_many'
    | 'repeated'
    | 'no_web_address'
    | 'out_of_range';
  readonly limit: number | null;
  readonly actual: number | null;
};

type Found = ContentFault | null;

/** Meta names no limits for the words of a place. */
export const placeWordsLengthMax = 1_000;

/** White space, and format characters that show nothing by themselves. */
const invisible = /[\s\p{Cf}]/gu;
/** NUL, and half of a surrogate pair. */
const unwritable = /[\0\p{Cs}]/u;

const plainFault = (field: string, fault: ContentFault['fault']): ContentFault => ({
  field,
  fault,
  limit: null,
  actual: null,
});

/** What is wrong with words that must be there: 1 to `limit` characters, one of them to be seen. */
export const wordsFault = (field: string, words: string, limit: number): Found => {
  if (words.replace(invisible, '') === '') return plainFault(field, 'empty');
  if (unwritable.test(words)) return plainFault(field, 'unwritable');
  const actual = Array.from(words).length;
  return actual > limit ? { field, fault: 'too_long', limit, actual } : null;
};

const optionalFault = (field: string, words: string | null, limit: number): Found =>
  words === null ? null : wordsFault(field, words, limit);

const countFault = (field: string, actual: number, limit: number): Found => {
  if (actual === 0) return plainFault(field, 'empty');
  return actual > limit ? { field, fault: 'too_many', limit, actual } : null;
};

const repeatedFault = (field: string, values: readonly string[]): Found =>
  new Set(values).size < values.length ? plainFault(field, 'repeated') : null;

const first = (...found: readonly Found[]): Found => found.find((each) => each !== null) ?? null;

/** The first thing that WhatsApp would not take of an interactive message; null when it takes it. */
export const interactiveFault = (content: InteractiveContent): Found =>
  first(
    optionalFault('interactive.header.text', content.header, limits.header),
    wordsFault('interactive.body', content.body, limits.body),
    optionalFault('interactive.footer', content.footer, limits.footer),
    actionFault(content.action),
  );

const actionFault = (action: InteractiveAction): Found => {
  switch (action.kind) {
    case 'buttons': {
      const { buttons } = action;
      const field = 'interactive.buttons';
      return first(
        countFault(field, buttons.length, limits.buttons),
        ...buttons.flatMap(({ id, title }, index) => [
          wordsFault(`${field}.${index}.title`, title, limits.buttonTitle),
          wordsFault(`${field}.${index}.id`, id, limits.buttonId),
        ]),
        repeatedFault(
          field,
          buttons.map(({ id }) => id),
        ),
        repeatedFault(
          field,
          buttons.map(({ title }) => title),
        ),
      );
    }
    case 'list':
      return first(
        wordsFault('interactive.list.button', action.button, limits.listButton),
        sectionsFault(action.sections),
      );
    case 'url':
      return first(
        wordsFault('interactive.urlButton.text', action.text, limits.urlText),
        wordsFault('interactive.urlButton.url', action.url, limits.url),
        isWebAddress(action.url) ? null : plainFault('interactive.urlButton.url', 'no_web_address'),
      );
  }
};

const sectionsFault = (sections: readonly ListSection[]): Found => {
  const field = 'interactive.list.sections';
  const rows = sections.flatMap((section) => section.rows);
  return first(
    countFault(field, sections.length, limits.sections),
    countFault(`${field}.rows`, rows.length, limits.rows),
    ...sections.flatMap((section, index) => sectionFault(section, `${field}.${index}`, sections)),
    repeatedFault(
      `${field}.rows`,
      rows.map(({ id }) => id),
    ),
  );
};

const sectionFault = (
  { title, rows }: ListSection,
  field: string,
  { length: sections }: readonly ListSection[],
): readonly Found[] => [
  // Only one that is alone needs no title.
  sections > 1 || title !== null
    ? wordsFault(`${field}.title`, title ?? '', limits.sectionTitle)
    : null,
  countFault(`${field}.rows`, rows.length, limits.rows),
  ...rows.flatMap((row, index) => [
    wordsFault(`${field}.rows.${index}.title`, row.title, limits.rowTitle),
    wordsFault(`${field}.rows.${index}.id`, row.id, limits.rowId),
    optionalFault(`${field}.rows.${index}.description`, row.description, limits.rowDescription),
  ]),
];

/** With a host, without spaces: WhatsApp opens nothing else. */
const isWebAddress = (url: string): boolean => /^https?:\/\/[^\s/?#]+\S*$/i.test(url);

/** What is wrong with a place; null when nothing is. */
export const locationFault = (content: LocationContent): Found =>
  first(
    degreesFault('location.latitude', content.latitude, 90),
    degreesFault('location.longitude', content.longitude, 180),
    optionalFault('location.name', content.name, placeWordsLengthMax),
    optionalFault('location.address', content.address, placeWordsLengthMax),
  );

const degreesFault = (field: string, degrees: number, limit: number): Found =>
  Math.abs(degrees) <= limit ? null : { field, fault: 'out_of_range', limit, actual: null };
