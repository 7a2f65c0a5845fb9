import { type Instant, type Json, type JsonObject } from '#kernel';
import { digitsOfNumber, isBsuid } from './customers.js';
import { statusError } from './graph-errors.js';
import type { SpokenError } from './moods.js';
import type { SimulatedNumber } from './options.js';
import { wholeSeconds } from './reading.js';

/** Meta's envelope around one update of one number. */
const envelope = (number: SimulatedNumber, value: JsonObject): Json => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: number.businessAccountId,
      changes: [
        {
          value: {
            messaging_product: 'whatsapp',
            metadata: {
              display_phone_number: digitsOfNumber(number),
              phone_number_id: number.phoneNumberId,
            },
            ...value,
          },
          field: 'messages',
        },
      ],
    },
  ],
});

const contactOf = (customer: string, name: string | null): Json => ({
  profile: { name: name ?? customer },
  ...(isBsuid(customer) ? { user_id: customer } : { wa_id: customer }),
});

export type InboundMessage = {
  readonly wamid: string;
  readonly customer: string;
  readonly name: string | null;
  readonly at: Instant;
  readonly type: string;
  readonly payload: Json;
  readonly context: Json;
};

export const messageEnvelope = (number: SimulatedNumber, message: InboundMessage): Json =>
  envelope(number, {
    contacts: [contactOf(message.customer, message.name)],
    messages: [
      {
        ...(isBsuid(message.customer)
          ? { from_user_id: message.customer }
          : { from: message.customer }),
        id: message.wamid,
        timestamp: String(wholeSeconds(message.at)),
        type: message.type,
        ...(message.payload === null ? {} : { [message.type]: message.payload }),
        ...(message.context === null ? {} : { context: message.context }),
      },
    ],
  });

export type OutboundReceipt = {
  readonly wamid: string;
  readonly customer: string;
  readonly status: string;
  readonly at: Instant;
  readonly callbackData: string | null;
  /** What it is billed as. */
  readonly category: string;
  readonly error: SpokenError | null;
};

/** Meta names a price when a message was sent and when it arrived. */
const priced: ReadonlySet<string> = new Set(['sent', 'delivered']);

export const receiptEnvelope = (number: SimulatedNumber, receipt: OutboundReceipt): Json =>
  envelope(number, {
    // A failed message tells nothing of the person behind the number.
    ...(receipt.status === 'failed' ? {} : { contacts: [contactOf(receipt.customer, null)] }),
    statuses: [
      {
        id: receipt.wamid,
        status: receipt.status,
        timestamp: String(wholeSeconds(receipt.at)),
        ...(isBsuid(receipt.customer)
          ? { recipient_user_id: receipt.customer }
          : { recipient_id: receipt.customer }),
        ...(receipt.callbackData === null
          ? {}
          : { biz_opaque_callback_data: receipt.callbackData }),
        ...(priced.has(receipt.status)
          ? {
              pricing: {
                billable: true,
                pricing_model: 'PMP',
                type: 'regular',
                category: receipt.category,
              },
            }
          : {}),
        ...(receipt.error === null ? {} : { errors: [statusError(receipt.error)] }),
      },
    ],
  });
