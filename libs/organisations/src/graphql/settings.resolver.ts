import { Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import {
  commandId,
  instant,
  organisationId,
  type CommandContext,
  type OrganisationId,
  type Position,
} from '#kernel';
import { CurrentPrincipal, Requires, type Capability, type Principal } from '#access';
import { Cursors } from '#edge';
import { CHANCE, CLOCK, partOf, type Chance, type Clock } from '#engine';
import { OrganisationDirectory } from '../commands/organisation-directory.js';
import { OrganisationEnvelope } from '../commands/organisation-envelope.js';
import type { OrganisationCommand } from '../domain/organisation.js';
import { UpdateOrganisationSettingsInput } from './inputs.js';
import { organisationShape } from './organisation-shape.js';
import { wrongSmsName } from './sms-name.js';

const capability = 'messages.tier.manage' satisfies Capability;

@Resolver()
export class SettingsResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly organisations: OrganisationDirectory,
    private readonly cursors: Cursors,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CHANCE) private readonly chance: Chance,
  ) {}

  @Mutation('updateOrganisationSettings')
  @Requires(capability)
  async updateOrganisationSettings(
    @CurrentPrincipal() principal: Principal,
    @Args('input') input: UpdateOrganisationSettingsInput,
  ) {
    const id = organisationId(principal.organisationId);
    const refusal = typeof input.smsName === 'string' ? wrongSmsName(input.smsName.trim()) : null;
    const position = refusal === null ? await this.choose(principal, id, input) : null;
    return {
      clientMutationId: input.clientMutationId ?? null,
      position: position && this.cursors.forLog(position, id),
      refusal,
      organisation: organisationShape(id, await this.organisations.load(id)),
    };
  }

  /** The log's place of what was chosen last; null when nothing was said. */
  private async choose(
    principal: Principal,
    id: OrganisationId,
    input: UpdateOrganisationSettingsInput,
  ): Promise<Position | null> {
    const context = this.context(principal, id);
    let position: Position | null = null;
    for (const command of chosen(input, context)) {
      const part = partOf(context, command.type, null);
      const decided = await this.commands.execute(new OrganisationEnvelope(id, command, part));
      // A principal is a member of an organisation that exists, and nothing else is in the way.
      if (decided.kind === 'rejected') throw new Error(decided.rejection.rejected);
      ({ position } = decided);
    }
    return position;
  }

  private context(principal: Principal, organisation: OrganisationId): CommandContext {
    const id = commandId(this.chance.uuid());
    return {
      commandId: id,
      correlationId: id,
      causationId: null,
      organisationId: organisation,
      actor: { kind: principal.kind, id: principal.id },
      capability,
      at: instant(this.clock.now()),
      subject: null,
      basis: [],
    };
  }
}

const chosen = (
  { expiredWindowPolicy: policy, smsName }: UpdateOrganisationSettingsInput,
  { at }: CommandContext,
): readonly OrganisationCommand[] => [
  ...(policy ? [{ type: 'ChooseExpiredWindowPolicy' as const, at, policy }] : []),
  ...(smsName === undefined
    ? []
    : [{ type: 'ChooseSmsName' as const, at, smsName: smsName?.trim() ?? null }]),
];
