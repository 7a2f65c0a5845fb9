import { signBody } from '#channels/whatsapp';
import type { Json } from '#kernel';
import type { Attempt } from './deliveries.js';
import { limits } from './limits.js';

/** As Meta writes JSON: everything beyond ASCII escaped, and slashes, too. */
const metaBytes = (body: Json): Buffer =>
  Buffer.from(
    JSON.stringify(body)
      .replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .replaceAll('/', '\\/'),
  );

/** Posts as Meta does: signed over the bytes, and taken only with a 200. */
export const postAsMeta =
  (webhookUrl: () => string, appSecret: string) =>
  async (body: Json): Promise<Attempt> => {
    const bytes = metaBytes(body);
    try {
      const response = await fetch(webhookUrl(), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-hub-signature-256': signBody(bytes, appSecret),
          'user-agent': 'facebookexternalua',
        },
        body: new Uint8Array(bytes),
        redirect: 'manual',
        signal: AbortSignal.timeout(limits.deliveryTimeoutMs),
      });
      await response.arrayBuffer();
      return { httpStatus: response.status, delivered: response.status === 200 };
    } catch {
      return { httpStatus: null, delivered: false };
    }
  };
