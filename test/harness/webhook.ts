import { createHmac } from 'node:crypto';

/** A message of a customer, as Meta tells it. */
export type CustomerMessage = {
  readonly from: string;
  readonly id: string;
  /** Whole seconds since 1970. */
  readonly timestamp: number;
  readonly text: string;
};

type Item = { readonly [name: string]: unknown };

export const textItem = ({ from, id, timestamp, text }: CustomerMessage): Item => ({
  from,
  id,
  timestamp: String(timestamp),
  type: 'text',
  text: { body: text },
});

/** One update of a number, with the customers that its messages are from. */
export const messagesChange = (phoneNumberId: string, messages: readonly Item[]): Item => ({
  field: 'messages',
  value: {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '447700900123', phone_number_id: phoneNumberId },
    contacts: [...new Set(messages.map(({ from }) => String(from)))].map((from) => ({
      profile: { name: `Customer ${from.slice(-3)}` },
      wa_id: from,
    })),
    messages,
  },
});

export type Receipt = {
  readonly wamid: string;
  readonly to: string;
  readonly status: string;
  readonly timestamp: number;
  readonly callbackData: string;
};

export const receiptChange = (phoneNumberId: string, receipt: Receipt): Item => ({
  field: 'messages',
  value: {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '447700900123', phone_number_id: phoneNumberId },
    statuses: [
      {
        id: receipt.wamid,
        status: receipt.status,
        timestamp: String(receipt.timestamp),
        recipient_id: receipt.to,
        biz_opaque_callback_data: receipt.callbackData,
      },
    ],
  },
});

/** Somebody of the business wrote to `to` in the WhatsApp Business app. */
export const echoChange = (phoneNumberId: string, to: string, text: string): Item => ({
  field: 'smb_message_echoes',
  value: {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '447700900123', phone_number_id: phoneNumberId },
    message_echoes: [
      {
        ...textItem({ from: '447700900123', id: `wamid.echo-${to}`, timestamp: 1_000, text }),
        to,
      },
    ],
  },
});

export const delivery = (changes: readonly Item[]): string =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes }],
  });

/** Meta's signature over the very bytes: written here anew, so that ours is tested against it. */
export const signature = (body: string | Buffer, appSecret: string): string =>
  `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;

export const postSigned = async (
  url: string,
  body: string | Buffer,
  appSecret: string,
): Promise<Response> => {
  const response = await fetch(`${url}/webhooks/whatsapp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': signature(body, appSecret),
    },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  await response.clone().arrayBuffer();
  return response;
};
