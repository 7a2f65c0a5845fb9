import { Module } from '@nestjs/common';
import { OrganisationDirectory } from './commands/organisation-directory.js';
import { OrganisationEnvelopeHandler } from './commands/organisation-envelope.js';
import { WhatsAppAddresses } from './commands/whatsapp-addresses.js';
import { ViewerResolver } from './graphql/viewer.resolver.js';

/** Businesses with their numbers and members. */
@Module({
  providers: [
    OrganisationEnvelopeHandler,
    OrganisationDirectory,
    WhatsAppAddresses,
    ViewerResolver,
  ],
  exports: [OrganisationDirectory, WhatsAppAddresses],
})
export class OrganisationsModule {}
