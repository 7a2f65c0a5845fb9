import type { CommandId, OrganisationId } from './ids.js';
import type { Instant } from './instant.js';
import type { Actor, StreamRevision } from './recorded.js';

/** Everything about a command but the wish itself: who, when, on whose authority, and why. */
export type CommandContext = {
  readonly commandId: CommandId;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly organisationId: OrganisationId;
  readonly actor: Actor;
  readonly capability: string | null;
  /** The domain clock when the command was made. */
  readonly at: Instant;
  readonly subject: string | null;
  readonly basis: readonly StreamRevision[];
};
