import type { Json, JsonObject } from '#kernel';

/** Bodies as Meta writes them: compact, non-ASCII escaped, slashes escaped. */
export const metaBytes = (body: Json): Buffer =>
  Buffer.from(
    JSON.stringify(body)
      .replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .replaceAll('/', '\\/'),
  );

export const change = (value: JsonObject): JsonObject => ({
  field: 'messages',
  value: {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '447700900123', phone_number_id: '1070' },
    ...value,
  },
});

export const delivery = (...changes: readonly Json[]): JsonObject => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '2080', changes }],
});

export const daniel: JsonObject = { profile: { name: 'Daniel Okafor' }, wa_id: '447700900281' };

export const text = (changed: JsonObject): JsonObject => ({
  from: '447700900281',
  id: 'wamid.one',
  timestamp: '1795184400',
  type: 'text',
  text: { body: 'Is it ready?' },
  ...changed,
});

export const receipt = (changed: JsonObject): JsonObject => ({
  id: 'wamid.out',
  status: 'delivered',
  timestamp: '1795184401',
  recipient_id: '447700900281',
  ...changed,
});

export const without = (object: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));

/** A message of Daniel's, with nothing in it but `parts`. */
export const messageOf = (parts: JsonObject): JsonObject => ({
  ...without(without(text({}), 'text'), 'type'),
  ...parts,
});
