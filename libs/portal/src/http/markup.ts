/** Text that is HTML already. Only `html` and `fill` make it; everything else is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = Markup | string | number | readonly Markup[];

const entities: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');

const written = (value: Value): string => {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escaped(`${value}`);
  return value.map(({ text }) => text).join('');
};

/** A piece of HTML; whatever is put into it is escaped unless it is Markup. */
export const html = (strings: TemplateStringsArray, ...values: readonly Value[]): Markup =>
  new Markup(
    strings
      .map((part, index) => part + (index < values.length ? written(values[index] ?? '') : ''))
      .join(''),
  );

export const nothing: Markup = new Markup('');

/** A template's text with each `{{name}}` filled in. Throws, as a defect, when a name has no value. */
export const fill = (template: string, values: { readonly [name: string]: Value }): Markup =>
  new Markup(
    template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`the template asks for ${name}`);
      return written(value);
    }),
  );
