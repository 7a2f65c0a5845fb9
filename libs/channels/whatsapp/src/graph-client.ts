import * as http from 'node:http';
import * as https from 'node:https';
import type { JsonObject } from '#kernel';
import { markOutcome, sendOutcome } from './answer.js';
import { post, type Connections, type Exchange } from './exchange.js';
import type { CallTerms, MarkRequest, Recipient, TextRequest, WhatsAppSender } from './sender.js';

export type GraphOptions = {
  /** Without the version: `https://graph.facebook.com`. */
  readonly graphUrl: string;
  /** `v25.0`. */
  readonly version: string;
  readonly accessToken: string;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly connectionsMax: number;
  /** Milliseconds that only ever grow; the scale of `startBeforeMs`. */
  readonly monotonicMs: () => number;
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

const textBody = (request: TextRequest): JsonObject => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  ...addressed(request.to),
  ...(request.quotedProviderMessageId === undefined
    ? {}
    : { context: { message_id: request.quotedProviderMessageId } }),
  biz_opaque_callback_data: request.callbackData,
  type: 'text',
  text: { body: request.text },
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
  const secure = new URL(options.graphUrl).protocol === 'https:';
  const agentOptions = { keepAlive: true, maxSockets: options.connectionsMax };
  const agent = secure ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
  const connections: Connections = { agent, standing: new WeakSet() };
  const authorization = `Bearer ${options.accessToken}`;
  http.validateHeaderValue('authorization', authorization);
  const call = (phoneNumberId: string, body: JsonObject, terms: CallTerms): Promise<Exchange> =>
    post(
      messagesUrl(options, phoneNumberId),
      { authorization, 'content-type': 'application/json' },
      Buffer.from(JSON.stringify(body), 'utf8'),
      { ...options, ...terms, connections },
    );
  return {
    sendText: async (request, terms) =>
      sendOutcome(await call(request.phoneNumberId, textBody(request), terms)),
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
    close: () => agent.destroy(),
  };
};
