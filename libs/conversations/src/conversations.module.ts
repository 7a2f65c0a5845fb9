import { Module } from '@nestjs/common';
import { ContactsModule } from '#contacts';
import { OrganisationsModule } from '#organisations';
import { ConversationEnvelopeHandler } from './commands/conversation-envelope.js';
import { ConversationPlaces } from './commands/conversation-places.js';
import { InboundEnvelopeHandler } from './commands/inbound-envelope.js';
import { WhatsAppAddressees } from './followers/whatsapp-addressees.js';
import { ChangesResolver } from './graphql/changes.resolver.js';
import { ConversationActionsResolver } from './graphql/conversation-actions.resolver.js';
import {
  ConversationsResolver,
  MessageResolver,
  WindowResolver,
} from './graphql/conversations.resolver.js';
import { InboxReading } from './graphql/inbox-reading.js';
import { OwnWrites } from './graphql/own-writes.js';
import { Payloads } from './graphql/payloads.js';
import { Requests } from './graphql/requests.js';
import { SendMessageResolver } from './graphql/send-message.resolver.js';
import { Changes } from './views/changes.js';
import { ConversationQueries } from './views/conversation-queries.js';

/** Threads between business numbers and customers. Needs the platform's global providers. */
@Module({
  imports: [ContactsModule, OrganisationsModule],
  providers: [
    ConversationEnvelopeHandler,
    InboundEnvelopeHandler,
    ConversationPlaces,
    WhatsAppAddressees,
    Changes,
    ConversationQueries,
    InboxReading,
    OwnWrites,
    Payloads,
    Requests,
    ConversationsResolver,
    WindowResolver,
    MessageResolver,
    SendMessageResolver,
    ConversationActionsResolver,
    ChangesResolver,
  ],
  exports: [WhatsAppAddressees],
})
export class ConversationsModule {}
