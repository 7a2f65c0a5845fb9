import { commandId, type CommandContext, type Instant, type Recorded } from '#kernel';

type Asker = {
  /** The follower's name. */
  readonly name: string;
  readonly at: Instant;
  readonly uuid: string;
};

/** The context of a command that a follower asks for because of a fact. */
export const systemContext = (recorded: Recorded, { name, at, uuid }: Asker): CommandContext => ({
  commandId: commandId(uuid),
  correlationId: recorded.metadata.correlationId,
  causationId: recorded.id,
  organisationId: recorded.metadata.organisationId,
  actor: { kind: 'system', id: name },
  capability: null,
  at,
  subject: null,
  basis: [],
});
