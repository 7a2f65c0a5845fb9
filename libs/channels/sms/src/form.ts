/** A form as it was posted: every name with all its values, in the order of arrival. */
export type Form = ReadonlyMap<string, readonly string[]>;

/** Twilio posts about forty fields, and a few KiB; more than this is no form of its own. */
const FIELDS_MAX = 500;
export const formBytesMax = 64 * 1024;

/** Up to the field that is one too many: whoever posts a million must not have them all parsed. */
const bounded = (rawBody: Buffer): string => {
  const text = rawBody.toString('utf8', 0, formBytesMax);
  let end = -1;
  for (let fields = 0; fields < FIELDS_MAX; fields += 1) {
    end = text.indexOf('&', end + 1);
    if (end === -1) return text;
  }
  return text.slice(0, end);
};

/** Reads `application/x-www-form-urlencoded`; what lies beyond the limits is not read. Total. */
export const readForm = (rawBody: Buffer): Form => {
  const form = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(bounded(rawBody))) {
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
