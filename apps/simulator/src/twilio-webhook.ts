import { signForm, writeForm } from '#channels/sms';
import type { Attempt } from './deliveries.js';
import { limits } from './limits.js';

export type TwilioPost = {
  readonly url: string;
  readonly fields: { readonly [name: string]: string };
};

/** Posts as Twilio does: a form, signed over the address and its fields. Any 2xx takes it. */
export const postAsTwilio =
  (authToken: string) =>
  async ({ url, fields }: TwilioPost): Promise<Attempt> => {
    const bytes = writeForm(fields);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
          'x-twilio-signature': signForm(url, bytes, authToken),
          'user-agent': 'TwilioProxy/1.1',
        },
        body: new Uint8Array(bytes),
        redirect: 'manual',
        signal: AbortSignal.timeout(limits.deliveryTimeoutMs),
      });
      await response.arrayBuffer();
      return { httpStatus: response.status, delivered: response.ok };
    } catch {
      return { httpStatus: null, delivered: false };
    }
  };
