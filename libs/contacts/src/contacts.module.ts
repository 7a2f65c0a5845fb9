import { Module } from '@nestjs/common';
import { Identities } from './commands/identities.js';
import { MeetContact } from './commands/meet-contact.js';
import { MergeContacts } from './commands/merge-contacts.js';
import { SmsContacts } from './commands/sms-contacts.js';

/** The people whom a business talks with. */
@Module({
  providers: [Identities, MeetContact, MergeContacts, SmsContacts],
  exports: [MeetContact, MergeContacts, SmsContacts],
})
export class ContactsModule {}
