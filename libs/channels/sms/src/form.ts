/** A form as it was posted: every name with all its values, in the order of arrival. */
export type Form = ReadonlyMap<string, readonly string[]>;

/** Twilio posts about forty fields; more than this is no form of its own. */
const FIELDS_MAX = 500;

/** Reads `application/x-www-form-urlencoded`; what lies beyond the limit is not read. Total. */
export const readForm = (rawBody: Buffer): Form => {
  const form = new Map<string, string[]>();
  let fields = 0;
  for (const [name, value] of new URLSearchParams(rawBody.toString('utf8'))) {
    if ((fields += 1) > FIELDS_MAX) break;
    const values = form.get(name);
    if (values === undefined) form.set(name, [value]);
    else values.push(value);
  }
  return form;
};

/** The first value of a field; undefined when there is none. */
export const valueOf = (form: Form, name: string): string | undefined => form.get(name)?.[0];

/** The bytes of a form, as Twilio posts them. */
export const writeForm = (fields: { readonly [name: string]: string }): Buffer =>
  Buffer.from(new URLSearchParams(fields).toString(), 'utf8');
