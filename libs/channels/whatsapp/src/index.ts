export type { CallTerms, ErrorClass, ProviderError, Refused, RetryClass } from '#channels/http';
export { DownloadInterrupted, type Download, type Forbidden } from '#channels/http';
export { classify } from './errors.js';
export { createGraphClient, type GraphClient, type GraphOptions } from './graph-client.js';
export {
  createMediaClient,
  metaMediaHosts,
  type LocatedMedia,
  type MediaClient,
  type MediaClientOptions,
  type WhatsAppMedia,
} from './media-client.js';
export type {
  MarkOutcome,
  MarkRequest,
  OutboundContent,
  Recipient,
  SendOutcome,
  SendRequest,
  WhatsAppSender,
} from './sender.js';
export { handshake, signBody, verifySignature, type HandshakeQuery } from './signature.js';
export { noticeNames } from './notice.js';
export { readWebhook, splitWebhook, webhookLimits } from './webhook.js';
export type {
  CallItem,
  Customer,
  EchoItem,
  EditItem,
  InboundContent,
  MediaKind,
  MessageItem,
  NoticeItem,
  ReactionItem,
  ReceiptStatus,
  ReplyKind,
  RevokeItem,
  SharedContact,
  StatusItem,
  Surroundings,
  ThreadItem,
  UserIdItem,
  UnreadableItem,
  WebhookItem,
} from './webhook-item.js';
