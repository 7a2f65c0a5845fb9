import {
  epochMs,
  organisationId,
  type Deadlines,
  type Instant,
  type OrganisationId,
  type Position,
  type Recorded,
} from '#kernel';
import type { StoredDeadline } from '#view-store';
import type { Item } from './item-handling.js';
import { contextOf, unreadableEvent, type ItemsOf } from './items.js';
import type { FollowerTools } from './tools.js';

/** What is stored as a deadline's command: the command, and what is needed of its cause. */
type Stored = {
  readonly command: unknown;
  readonly organisationId: OrganisationId;
  readonly correlationId: string;
  readonly position: Position;
  readonly stream: string;
  readonly type: string;
};

/** The deadline as the store keeps it. */
export const storedDeadline = (
  cause: Recorded,
  key: string,
  due: { readonly at: Instant; readonly command: unknown },
): StoredDeadline => {
  const { position, stream, type, metadata } = cause;
  const { correlationId } = metadata;
  const stored: Stored = {
    command: due.command,
    organisationId: metadata.organisationId,
    correlationId,
    position,
    stream,
    type,
  };
  return { key, dueAtMs: epochMs(due.at), causeId: cause.id, command: JSON.stringify(stored) };
};

/** The command of a deadline that has fallen due. Does nothing if it is superseded by its turn. */
export const dueItem = (
  follower: string,
  deadline: StoredDeadline,
  isCurrent: () => boolean,
  tools: FollowerTools,
): Item => {
  const { key, causeId } = deadline;
  // A codec: nobody but `storedDeadline` writes what is read here.
  const stored = JSON.parse(deadline.command) as Stored;
  const { position, stream, type, correlationId } = stored;
  const cause = {
    id: causeId,
    organisationId: organisationId(stored.organisationId),
    correlationId,
  };
  const act = async (): Promise<void> => {
    if (isCurrent()) await tools.execute(stored.command, contextOf(follower, cause, key, tools));
  };
  return { kind: 'do', key, item: key, cause: { id: causeId, position, stream, type }, act };
};

/** What an event says is due, for whoever wants a decision that was parked made again. */
export const deadlineItems =
  (deadlines: Deadlines, tools: FollowerTools): ItemsOf =>
  (recorded) => {
    try {
      return deadlines.schedule(recorded).flatMap(({ key, due }) => {
        if (!due) return [];
        const stored = storedDeadline(recorded, key, due);
        return [dueItem(deadlines.name, stored, () => true, tools)];
      });
    } catch (error) {
      return [unreadableEvent(recorded, error)];
    }
  };
