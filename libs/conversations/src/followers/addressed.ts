import type { Recorded } from '#kernel';

/** A command for the thread of a stream. `at` is added when it is asked, from the domain clock. */
export type ToConversation<Command> = {
  readonly to: 'conversation';
  /** `<organisation>-<thread>`. */
  readonly id: string;
  readonly command: Command;
};

/** `<organisation>-<thread>`: the thread whose stream a fact stands in. */
export const threadOf = ({ stream }: Pick<Recorded, 'stream'>): string =>
  stream.slice('conversation-'.length);

/** Addresses a command to the thread whose fact led to it. */
export const toConversation = <Command>(
  recorded: Recorded,
  command: Command,
): ToConversation<Command> => ({
  to: 'conversation',
  id: threadOf(recorded),
  command,
});
