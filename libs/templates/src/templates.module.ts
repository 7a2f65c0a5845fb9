import { Module } from '@nestjs/common';
import {
  TemplateEnvelopeHandler,
  TemplateNamesEnvelopeHandler,
} from './commands/template-envelopes.js';
import { TemplatesResolver } from './graphql/templates.resolver.js';
import { TemplateQueries } from './views/template-queries.js';

/** Messages with blanks that WhatsApp approves. Needs the platform's global providers. */
@Module({
  providers: [
    TemplateNamesEnvelopeHandler,
    TemplateEnvelopeHandler,
    TemplateQueries,
    TemplatesResolver,
  ],
  exports: [TemplateQueries],
})
export class TemplatesModule {}
