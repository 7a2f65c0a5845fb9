import { Module } from '@nestjs/common';
import { MeetContact } from './commands/meet-contact.js';

/** The people whom a business talks with. */
@Module({ providers: [MeetContact], exports: [MeetContact] })
export class ContactsModule {}
