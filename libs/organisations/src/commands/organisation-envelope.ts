import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandContext, OrganisationId } from '#kernel';
import { DECIDES, type Decided, type Decides } from '#engine';
import type { OrganisationEvent } from '../domain/events.js';
import {
  organisationDecider,
  type Organisation,
  type OrganisationCommand,
  type OrganisationRejection,
} from '../domain/organisation.js';

type OrganisationDecided = Decided<Organisation, OrganisationEvent, OrganisationRejection>;

/** A wish for one organisation. */
export class OrganisationEnvelope extends Command<OrganisationDecided> {
  constructor(
    readonly id: OrganisationId,
    readonly command: OrganisationCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(OrganisationEnvelope)
export class OrganisationEnvelopeHandler implements ICommandHandler<OrganisationEnvelope> {
  constructor(@Inject(DECIDES) private readonly decisions: Decides) {}

  execute({ id, command, context }: OrganisationEnvelope): Promise<OrganisationDecided> {
    return this.decisions.run(organisationDecider, id, command, context);
  }
}
