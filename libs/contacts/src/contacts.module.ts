import { Module } from '@nestjs/common';
import { MeetContact } from './commands/meet-contact.js';
import { SmsContacts } from './commands/sms-contacts.js';

/** The people whom a business talks with. */
@Module({ providers: [MeetContact, SmsContacts], exports: [MeetContact, SmsContacts] })
export class ContactsModule {}
