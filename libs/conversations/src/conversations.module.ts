import { Module, type DynamicModule } from '@nestjs/common';
import { ContactsModule } from '#contacts';
import { OrganisationsModule } from '#organisations';
import { TemplatesModule } from '#templates';
import { Acquaintances } from './commands/acquaintances.js';
import { MessagePrints } from './commands/message-prints.js';
import { BridgeTermsReader } from './commands/bridge-terms-reader.js';
import { ConversationEnvelopeHandler } from './commands/conversation-envelope.js';
import { ConversationPlaces } from './commands/conversation-places.js';
import { InboundEnvelopeHandler } from './commands/inbound-envelope.js';
import { InboundSmsEnvelopeHandler } from './commands/inbound-sms-envelope.js';
import { PortalInbox } from './commands/portal-inbox.js';
import { SmsConsents } from './commands/sms-consents.js';
import { SmsPlaces } from './commands/sms-places.js';
import { SmsReceipts } from './commands/sms-receipts.js';
import { TemplateReader } from './commands/template-reader.js';
import { SmsAddressBook } from './followers/sms-address-book.js';
import { SmsTrail } from './followers/sms-trail.js';
import { WhatsAppAddressees } from './followers/whatsapp-addressees.js';
import { BridgeEligibilities } from './graphql/bridge-eligibility.js';
import { BusinessNodes } from './graphql/business-nodes.js';
import { ChangesResolver } from './graphql/changes.resolver.js';
import { ConversationActionsResolver } from './graphql/conversation-actions.resolver.js';
import { ContactsResolver } from './graphql/contacts.resolver.js';
import { ConversationResolver } from './graphql/conversation.resolver.js';
import {
  ConversationFieldsResolver,
  ConversationsResolver,
  MessageResolver,
  WindowResolver,
} from './graphql/conversations.resolver.js';
import { EventReading } from './graphql/event-reading.js';
import { EventsResolver } from './graphql/events.resolver.js';
import { InboxReading } from './graphql/inbox-reading.js';
import { LogPlaces } from './graphql/log-places.js';
import { MediaContentResolver } from './graphql/media-content.resolver.js';
import { NodeResolver } from './graphql/node.resolver.js';
import { PastMoments } from './graphql/past-moments.js';
import { PastReading } from './graphql/past-reading.js';
import { Payloads } from './graphql/payloads.js';
import { PreviousConversationsResolver } from './graphql/previous-conversations.resolver.js';
import { Requests } from './graphql/requests.js';
import { SendMessageResolver } from './graphql/send-message.resolver.js';
import { SendTemplateResolver } from './graphql/send-template.resolver.js';
import { TemplatePickerResolver } from './graphql/template-picker.js';
import { Viewpoints } from './graphql/viewpoints.js';
import { SMS_SETTINGS, type SmsSettings } from './sms-settings.js';
import { Changes } from './views/changes.js';
import { ContactQueries } from './views/contact-queries.js';
import { ConversationQueries } from './views/conversation-queries.js';
import { EventQueries } from './views/event-queries.js';
import { MessageFiles } from './views/message-files.js';
import { PortalThreads } from './views/portal-threads.js';

/** Threads between business numbers and customers. Needs the platform's global providers. */
@Module({
  imports: [ContactsModule, OrganisationsModule, TemplatesModule],
  providers: [
    ConversationEnvelopeHandler,
    InboundEnvelopeHandler,
    InboundSmsEnvelopeHandler,
    BridgeTermsReader,
    BridgeEligibilities,
    ConversationPlaces,
    WhatsAppAddressees,
    Acquaintances,
    MessagePrints,
    SmsConsents,
    SmsPlaces,
    SmsReceipts,
    TemplateReader,
    SmsAddressBook,
    SmsTrail,
    PortalInbox,
    PortalThreads,
    MessageFiles,
    Changes,
    ContactQueries,
    ConversationQueries,
    EventQueries,
    InboxReading,
    PastReading,
    PastMoments,
    EventReading,
    LogPlaces,
    Viewpoints,
    BusinessNodes,
    Payloads,
    Requests,
    ConversationFieldsResolver,
    ConversationResolver,
    ConversationsResolver,
    WindowResolver,
    TemplatePickerResolver,
    MessageResolver,
    MediaContentResolver,
    SendMessageResolver,
    SendTemplateResolver,
    ConversationActionsResolver,
    ChangesResolver,
    EventsResolver,
    ContactsResolver,
    NodeResolver,
    PreviousConversationsResolver,
  ],
  exports: [
    WhatsAppAddressees,
    SmsAddressBook,
    SmsTrail,
    BridgeTermsReader,
    TemplateReader,
    PortalInbox,
    PortalThreads,
    MessageFiles,
  ],
})
export class ConversationsModule {
  /** `sms`: how this installation speaks SMS. */
  static with(sms: SmsSettings): DynamicModule {
    return {
      module: ConversationsModule,
      providers: [{ provide: SMS_SETTINGS, useValue: sms }],
    };
  }
}
