import * as http from 'node:http';
import {
  exchange,
  openConnections,
  type CallTerms,
  type ConnectionOptions,
  type Exchange,
} from '#channels/http';
import type { JsonObject } from '#kernel';
import { markOutcome, sendOutcome } from './answer.js';
import { outboundBody } from './outbound-body.js';
import type { MarkRequest, Recipient, SendRequest, WhatsAppSender } from './sender.js';

const ANSWER_BYTES_MAX = 256 * 1024;

export type GraphOptions = ConnectionOptions & {
  /** Without the version: `https://graph.facebook.com`. */
  readonly graphUrl: string;
  /** `v25.0`. */
  readonly version: string;
  readonly accessToken: string;
};

export type GraphClient = WhatsAppSender & {
  /** Closes the connections that are kept open. Calls under way become unknown. */
  readonly close: () => void;
};

/** A number without its plus would be read as one of the sender's own country. */
const addressed = (to: Recipient): JsonObject =>
  to.kind === 'phone'
    ? { to: to.phone.startsWith('+') ? to.phone : `+${to.phone}` }
    : { recipient: to.bsuid };

const sendBody = (request: SendRequest): JsonObject => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  ...addressed(request.to),
  ...(request.quotedProviderMessageId === undefined
    ? {}
    : { context: { message_id: request.quotedProviderMessageId } }),
  biz_opaque_callback_data: request.callbackData,
  ...outboundBody(request.content),
});

const readBody = (request: MarkRequest): JsonObject => ({
  messaging_product: 'whatsapp',
  status: 'read',
  message_id: request.providerMessageId,
});

const messagesUrl = (options: GraphOptions, phoneNumberId: string): URL =>
  new URL(
    `${options.graphUrl.replace(/\/+$/, '')}/${encodeURIComponent(options.version)}/` +
      `${encodeURIComponent(phoneNumberId)}/messages`,
  );

/**
 * The Cloud API over HTTP. Throws when `graphUrl` is no URL or the token cannot be a header.
 * https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages (read 2026-11-20)
 */
export const createGraphClient = (options: GraphOptions): GraphClient => {
  const connections = openConnections(options.graphUrl, options.connectionsMax);
  const authorization = `Bearer ${options.accessToken}`;
  http.validateHeaderValue('authorization', authorization);
  const call = (phoneNumberId: string, body: JsonObject, terms: CallTerms): Promise<Exchange> =>
    exchange(
      {
        method: 'POST',
        url: messagesUrl(options, phoneNumberId),
        headers: { authorization, 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(body), 'utf8'),
      },
      { ...options, ...terms, connections, answerBytesMax: ANSWER_BYTES_MAX },
    );
  return {
    send: async (request, terms) =>
      sendOutcome(await call(request.phoneNumberId, sendBody(request), terms)),
    markRead: async (request, terms) =>
      markOutcome(await call(request.phoneNumberId, readBody(request), terms)),
    typing: async (request, terms) =>
      markOutcome(
        await call(
          request.phoneNumberId,
          { ...readBody(request), typing_indicator: { type: 'text' } },
          terms,
        ),
      ),
    close: () => connections.agent.destroy(),
  };
};
