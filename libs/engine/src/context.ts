import { commandId, type CommandContext } from '#kernel';

/**
 * The context of a command that is part of another: same cause, same authority, an id of its own that
 * is the same each time the whole is done again. `subject` names whose key seals its facts.
 */
export const partOf = (
  context: CommandContext,
  part: string,
  subject: string | null,
): CommandContext => ({
  ...context,
  commandId: commandId(`${context.commandId}/${part}`),
  subject,
});
