import { Module } from '@nestjs/common';
import { OrganisationDirectory } from './commands/organisation-directory.js';
import { OrganisationEnvelopeHandler } from './commands/organisation-envelope.js';
import { SmsAddresses, WhatsAppAddresses } from './commands/provider-addresses.js';
import { SettingsResolver } from './graphql/settings.resolver.js';
import { ViewerResolver } from './graphql/viewer.resolver.js';

/** Businesses with their numbers and members. */
@Module({
  providers: [
    OrganisationEnvelopeHandler,
    OrganisationDirectory,
    WhatsAppAddresses,
    SmsAddresses,
    ViewerResolver,
    SettingsResolver,
  ],
  exports: [OrganisationDirectory, WhatsAppAddresses, SmsAddresses],
})
export class OrganisationsModule {}
