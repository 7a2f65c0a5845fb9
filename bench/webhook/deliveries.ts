import { createHmac, randomUUID } from 'node:crypto';
import { requestTo } from '../support/keep-alive.js';

/** What Meta and we both know here. */
export const appSecret = 'bench-app-secret';

const message = (number: number) => ({
  from: `4477009${String(number % 10_000).padStart(5, '0')}`,
  id: `wamid.${randomUUID()}`,
  timestamp: String(Math.floor(Date.now() / 1_000)),
  type: 'text',
  text: { body: 'Is my car ready? I could come by at five, or a little later.' },
});

const delivery = (phoneNumberId: string, number: number, messages: number): object => {
  const told = Array.from({ length: messages }, (_, each) => message(number * messages + each));
  const contacts = told.map(({ from }) => ({ profile: { name: 'Ada' }, wa_id: from }));
  const metadata = { display_phone_number: '447700900123', phone_number_id: phoneNumberId };
  const value = { messaging_product: 'whatsapp', metadata, contacts, messages: told };
  const entry = [{ id: '102290129340398', changes: [{ field: 'messages', value }] }];
  return { object: 'whatsapp_business_account', entry };
};

export type Deliveries = {
  readonly count: number;
  readonly messagesEach: number;
  readonly phoneNumberId: string;
  readonly secret: string;
};

/** Signed deliveries of customers' messages, as whole requests. */
export const deliveries = (of: Deliveries): readonly Buffer[] =>
  Array.from({ length: of.count }, (_, number) => {
    const body = delivery(of.phoneNumberId, number, of.messagesEach);
    const signature = createHmac('sha256', of.secret).update(JSON.stringify(body)).digest('hex');
    return requestTo('/webhooks/whatsapp', { 'x-hub-signature-256': `sha256=${signature}` }, body);
  });
