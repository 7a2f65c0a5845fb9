import { parseConversationId } from '#kernel';
import type { StoredEvent } from '#event-store';
import { instantOf, textOf } from '../flag-values.js';
import { recordedAt } from '../recorded-at.js';
import { UsageError, type Flags } from '../verb.js';

type IsWanted = (event: StoredEvent) => boolean;

/** Which events were asked for: those for which every flag holds. Throws UsageError. */
export const eventsWanted = async (flags: Flags): Promise<IsWanted> => {
  const [since, until] = [instantOf(flags, 'since'), instantOf(flags, 'until')];
  const stream = textOf(flags, 'stream');
  const type = await typeOf(flags);
  const organisation = textOf(flags, 'organisation');
  const conditions: readonly (IsWanted | null)[] = [
    stream === null ? null : (event) => event.stream === stream,
    type === null ? null : (event) => event.type === type,
    organisation === null ? null : ({ metadata }) => metadata['organisationId'] === organisation,
    since === null ? null : (event) => recordedAt(event) >= since,
    until === null ? null : (event) => recordedAt(event) < until,
    ofConversation(flags),
  ];
  const asked = conditions.filter((condition) => condition !== null);
  return (event) => asked.every((holds) => holds(event));
};

/** A type that is written wrongly would look like a log without any. */
const typeOf = async (flags: Flags): Promise<string | null> => {
  const type = textOf(flags, 'type');
  if (type === null) return null;
  // All the business libs stand behind it: loaded only for whoever needs it.
  const { catalogues } = await import('#platform');
  if (catalogues.some((catalogue) => type in catalogue)) return type;
  const names = catalogues.flatMap((catalogue) => Object.keys(catalogue)).toSorted();
  throw new UsageError(`no event is called that; there are ${names.join(', ')}`);
};

/** What names the conversation, and what is told of its thread as a whole. */
const ofConversation = (flags: Flags): IsWanted | null => {
  const id = textOf(flags, 'conversation');
  if (id === null) return null;
  const conversation = parseConversationId(id);
  if (conversation === null)
    throw new UsageError(
      '--conversation takes an id as the API gives it: a thread, a dot, a number',
    );
  const { thread } = conversation;
  return ({ stream, data }) => {
    const named = data['conversationId'];
    if (named !== undefined) return named === id;
    return stream.startsWith('conversation-') && stream.endsWith(`-${thread}`);
  };
};
