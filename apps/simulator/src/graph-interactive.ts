import { isJsonObject, type Json } from '#kernel';
import { spokenErrors } from './graph-errors.js';
import type { SpokenError } from './moods.js';
import { field } from './reading.js';

/** What the customer's phone shows. */
type Shown = { readonly text: string };
type Read = Shown | SpokenError;

const list = (value: Json | undefined): readonly Json[] =>
  typeof value === 'object' && value !== null && !isJsonObject(value) ? value : [];

const isWords = (value: Json | undefined, charactersMax: number): value is string =>
  typeof value === 'string' && value !== '' && Array.from(value).length <= charactersMax;

const at = (value: Json | undefined, ...names: readonly string[]): Json | undefined =>
  names.reduce<Json | undefined>(field, value);

const wrong = (details: string): SpokenError => spokenErrors.value(details);
const numbered = (count: number, max: number): boolean => count >= 1 && count <= max;
const areDistinct = (values: readonly (Json | undefined)[]): boolean =>
  new Set(values).size === values.length;

/** The lines below the words; else what is wrong with what there is to press. */
const readButtons = (interactive: Json): readonly string[] | SpokenError => {
  const replies = list(at(interactive, 'action', 'buttons')).map((each) => at(each, 'reply'));
  const titles = replies.map((reply) => at(reply, 'title'));
  if (!numbered(replies.length, 3)) return wrong('interactive: 1 to 3 buttons.');
  if (!replies.every((reply) => isWords(at(reply, 'id'), 256)))
    return wrong('interactive: a button has an id of 1 to 256 characters.');
  if (!areDistinct(titles) || !areDistinct(replies.map((reply) => at(reply, 'id'))))
    return wrong('interactive: buttons differ in id and title.');
  const shown = titles.filter((title) => isWords(title, 20));
  return shown.length === titles.length
    ? shown
    : wrong('interactive: a title has 1 to 20 characters.');
};

const readList = (interactive: Json): readonly string[] | SpokenError => {
  const button = at(interactive, 'action', 'button');
  const sections = list(at(interactive, 'action', 'sections'));
  const rows = sections.flatMap((section) => list(at(section, 'rows')));
  if (!isWords(button, 20)) return wrong('interactive: the button has 1 to 20 characters.');
  if (!numbered(sections.length, 10) || !numbered(rows.length, 10))
    return wrong('interactive: 1 to 10 sections with 10 rows in all.');
  if (sections.length > 1 && !sections.every((section) => isWords(at(section, 'title'), 24)))
    return wrong('interactive: each of several sections has a title of 1 to 24 characters.');
  const isRow = (row: Json): boolean =>
    isWords(at(row, 'id'), 200) &&
    isWords(at(row, 'title'), 24) &&
    (at(row, 'description') === undefined || isWords(at(row, 'description'), 72));
  if (!rows.every(isRow) || !areDistinct(rows.map((row) => at(row, 'id'))))
    return wrong('interactive: a row has an id of its own, a title, and perhaps a description.');
  const titles = rows.map((row) => at(row, 'title'));
  return [button, ...titles.filter((title) => typeof title === 'string')];
};

const readUrl = (interactive: Json): readonly string[] | SpokenError => {
  const text = at(interactive, 'action', 'parameters', 'display_text');
  const url = at(interactive, 'action', 'parameters', 'url');
  if (at(interactive, 'action', 'name') !== 'cta_url' || !isWords(text, 20))
    return wrong('interactive: cta_url has a display_text of 1 to 20 characters.');
  return isWords(url, 2_000) && /^https?:\/\//.test(url)
    ? [`${text}: ${url}`]
    : wrong('interactive: cta_url has a url.');
};

const readers: { readonly [type: string]: typeof readButtons } = {
  button: readButtons,
  list: readList,
  cta_url: readUrl,
};

/** Reads the `interactive` of a send, as Meta does, with what it shows. */
export const readInteractive = (interactive: Json | undefined): Read => {
  const type = at(interactive, 'type');
  const reader = typeof type === 'string' ? readers[type] : undefined;
  if (interactive === undefined || reader === undefined)
    return wrong(`interactive.type must be one of {${Object.keys(readers).join(', ')}}.`);
  const body = at(interactive, 'body', 'text');
  if (!isWords(body, 1_024)) return wrong('interactive.body has 1 to 1024 characters.');
  for (const part of ['header', 'footer'])
    if (at(interactive, part) !== undefined && !isWords(at(interactive, part, 'text'), 60))
      return wrong(`interactive.${part} has 1 to 60 characters.`);
  const choices = reader(interactive);
  if ('code' in choices) return choices;
  const [header, footer] = ['header', 'footer'].map((part) => at(interactive, part, 'text'));
  const words = [header, body, footer].filter((part) => typeof part === 'string');
  return { text: [...words, ...choices.map((choice) => `▸ ${choice}`)].join('\n') };
};

/** Reads the `location` of a send, with what it shows. */
export const readLocation = (location: Json | undefined): Read => {
  const [latitude, longitude] = [at(location, 'latitude'), at(location, 'longitude')];
  if (!isDegrees(latitude, 90) || !isDegrees(longitude, 180))
    return wrong('location has a latitude and a longitude.');
  const words = [at(location, 'name'), at(location, 'address')].filter(
    (part) => typeof part === 'string',
  );
  return { text: [...words, `📍 ${latitude}, ${longitude}`].join('\n') };
};

const isDegrees = (value: Json | undefined, max: number): value is number =>
  typeof value === 'number' && Math.abs(value) <= max;
