import { isJsonObject, type Json } from '#kernel';
import { spokenErrors } from './graph-errors.js';
import { limits } from './limits.js';
import type { SpokenError } from './moods.js';
import type { SimulatedTemplate } from './options.js';
import { field } from './reading.js';

/** What the customer reads of a template, and what it is billed as. */
export type ReadTemplate = { readonly text: string; readonly category: string };

type Values = ReadonlyMap<string, string>;

const place = /\{\{([a-z0-9_]+)\}\}/g;
/** What no value may have, in Meta's words: new lines, tabs, more than four spaces in a row. */
const forbidden = /[\n\r\t]| {5}/;

const namesIn = (body: string): ReadonlySet<string> =>
  new Set(Array.from(body.matchAll(place), ([, name = '']) => name));

const list = (value: Json | undefined): readonly Json[] =>
  typeof value === 'object' && value !== null && !isJsonObject(value) ? value : [];

/** The values of the body by their names; else what is wrong with how they were given. */
const readValues = (payload: Json | undefined): Values | SpokenError => {
  const values = new Map<string, string>();
  for (const component of list(field(payload, 'components'))) {
    if (field(component, 'type') !== 'body')
      return spokenErrors.templateFormat('The template has no component but its body.');
    for (const parameter of list(field(component, 'parameters'))) {
      const [type, name, text] = ['type', 'parameter_name', 'text'].map((each) =>
        field(parameter, each),
      );
      if (type !== 'text' || typeof name !== 'string')
        return spokenErrors.templateFormat('body: each parameter is a text with a parameter_name.');
      if (typeof text !== 'string' || text === '')
        return spokenErrors.missing(`Parameter '${name}' is missing its text value.`);
      if (forbidden.test(text))
        return spokenErrors.templateFormat(
          'Param text cannot have new-line/tab characters or more than 4 consecutive spaces.',
        );
      values.set(name, text);
    }
  }
  return values;
};

const isError = (read: Values | SpokenError): read is SpokenError => 'code' in read;

/** Reads the `template` of a send, as Meta does: by the templates that the account has. */
export const readTemplate = (
  templates: readonly SimulatedTemplate[],
  payload: Json | undefined,
): ReadTemplate | SpokenError => {
  const name = field(payload, 'name');
  const language = field(field(payload, 'language'), 'code');
  if (!isJsonObject(payload) || typeof name !== 'string' || typeof language !== 'string')
    return spokenErrors.missing("Parameter 'template' needs a name and a language with its code.");
  const known = templates.find((each) => each.name === name && each.language === language);
  if (known === undefined) return spokenErrors.templateUnknown(name, language);
  const values = readValues(payload);
  if (isError(values)) return values;
  const names = namesIn(known.body);
  if (values.size !== names.size) return spokenErrors.templateCount(values.size, names.size);
  const strange = [...values.keys()].find((each) => !names.has(each));
  if (strange !== undefined)
    return spokenErrors.templateFormat(`body: the template has no parameter '${strange}'.`);
  const text = known.body.replace(place, (whole, each: string) => values.get(each) ?? whole);
  return Array.from(text).length > limits.templateCharactersMax
    ? spokenErrors.templateTooLong
    : { text, category: known.category.toLowerCase() };
};
