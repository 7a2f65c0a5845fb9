export { ConversationPlaces } from '../commands/conversation-places.js';
export { SmsConsents } from '../commands/sms-consents.js';
export { SmsPlaces } from '../commands/sms-places.js';
export { SmsReceipts } from '../commands/sms-receipts.js';
export { conversationDecider } from '../domain/conversation.js';
export type { Delivery } from '../domain/delivery.js';
export type { RequestMessage } from '../domain/decisions/request-message.js';
export { Requests } from '../graphql/requests.js';
export type { MessageRow } from '../views/messages.projection.js';
