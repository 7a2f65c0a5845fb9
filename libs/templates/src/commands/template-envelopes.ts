import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext, OrganisationId, TemplateId } from '#kernel';
import { DECIDES, type Decided, type Decides } from '#engine';
import type { TemplateEvent, TemplateNamesEvent } from '../domain/events.js';
import {
  templateDecider,
  type Template,
  type TemplateCommand,
  type TemplateCommandRejection,
} from '../domain/template.js';
import {
  templateNamesDecider,
  type TemplateNames,
  type TemplateNamesCommand,
  type TemplateNameTaken,
} from '../domain/template-names.js';

type NamesDecided = Decided<TemplateNames, TemplateNamesEvent, TemplateNameTaken>;
type TemplateDecided = Decided<Template, TemplateEvent, TemplateCommandRejection>;

/** A wish for the names of one organisation's templates. */
export class TemplateNamesEnvelope extends Command<NamesDecided> {
  constructor(
    readonly organisation: OrganisationId,
    readonly command: TemplateNamesCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(TemplateNamesEnvelope)
export class TemplateNamesEnvelopeHandler implements ICommandHandler<TemplateNamesEnvelope> {
  constructor(@Inject(DECIDES) private readonly decisions: Decides) {}

  execute({ organisation, command, context }: TemplateNamesEnvelope): Promise<NamesDecided> {
    return this.decisions.run(templateNamesDecider, organisation, command, context);
  }
}

/** A wish for one template of an organisation. */
export class TemplateEnvelope extends Command<TemplateDecided> {
  constructor(
    readonly organisation: OrganisationId,
    readonly template: TemplateId,
    readonly command: TemplateCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(TemplateEnvelope)
export class TemplateEnvelopeHandler implements ICommandHandler<TemplateEnvelope> {
  constructor(@Inject(DECIDES) private readonly decisions: Decides) {}

  execute({ organisation, template, command, context }: TemplateEnvelope) {
    const id = `${organisation}-${template}`;
    return this.decisions.run(templateDecider, id, command, context);
  }
}
