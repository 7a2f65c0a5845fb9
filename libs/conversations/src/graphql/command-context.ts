import { commandId, instant, type CommandContext, type ContactId } from '#kernel';
import type { Capability, Principal } from '#access';
import type { Chance, Clock } from '#engine';
import { organisationOf } from './viewpoints.js';

/** The context of a command that a principal asks for. `subject` seals what it holds of a person. */
export const commandContext = (
  principal: Principal,
  capability: Capability,
  clock: Clock,
  chance: Chance,
  subject: ContactId | null,
): CommandContext => {
  const id = commandId(chance.uuid());
  return {
    commandId: id,
    correlationId: id,
    causationId: null,
    organisationId: organisationOf(principal),
    actor: { kind: principal.kind, id: principal.id },
    capability,
    at: instant(clock.now()),
    subject,
    basis: [],
  };
};
