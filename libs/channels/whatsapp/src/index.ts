export { classify, type ErrorClass, type RetryClass } from './errors.js';
export { createGraphClient, type GraphClient, type GraphOptions } from './graph-client.js';
export type { ProviderError } from './provider-error.js';
export type {
  CallTerms,
  MarkOutcome,
  MarkRequest,
  Recipient,
  Refused,
  SendOutcome,
  TextRequest,
  WhatsAppSender,
} from './sender.js';
export { handshake, signBody, verifySignature, type HandshakeQuery } from './signature.js';
export { readWebhook, webhookLimits } from './webhook.js';
export type {
  Customer,
  InboundContent,
  MessageItem,
  ReceiptStatus,
  StatusItem,
  UnreadableItem,
  WebhookItem,
} from './webhook-item.js';
