import {
  instant,
  type Asked,
  type CommandContext,
  type Dispatcher,
  type OrganisationId,
  type Policy,
  type Recorded,
  type Unreadable,
} from '#kernel';
import { hasKey, type Part } from '#view-store';
import { derivedCommandId } from '../derived-ids.js';
import { messageOf, type Item } from './item-handling.js';
import type { FollowerTools } from './tools.js';

/** What an event means to a follower. */
export type ItemsOf = (recorded: Recorded) => readonly Item[];

/** The commands that a policy asks for; the whole event parked when it throws. */
export const policyItems =
  (policy: Policy, tools: FollowerTools): ItemsOf =>
  (recorded) => {
    try {
      return policy
        .whenever(recorded)
        .map((asked) => askedItem(policy.name, asked, recorded, tools));
    } catch (error) {
      return [unreadableEvent(recorded, error)];
    }
  };

/** The one call that a dispatcher makes. */
export const dispatcherItems =
  (dispatcher: Dispatcher): ItemsOf =>
  (recorded) => {
    try {
      const key = dispatcher.key(recorded);
      const act = (signal: AbortSignal) => dispatcher.dispatch(recorded, signal);
      return [{ kind: 'do', key, item: '', cause: recorded, act }];
    } catch (error) {
      return [unreadableEvent(recorded, error)];
    }
  };

/** The name of an item that stands for everything its event would have asked for. */
export const wholeEvent = 'event';
/** The name of the item that stands for what one event asked for beyond the limit. */
const theRest = 'rest';

/**
 * Beyond the limit nothing is dropped: the rest is parked as one item, under a key of its own. A retry
 * of it finds no item of that name, and works whatever the event asks for.
 */
export const bounded = (
  items: readonly Item[],
  cause: Recorded,
  itemsMax: number,
): readonly Item[] => {
  if (items.length <= itemsMax) return items;
  const reason = `more than ${itemsMax} items: ${items.length - itemsMax} were not worked`;
  const rest = { key: cause.id, item: theRest, cause, reason, blocking: false } as const;
  return [...items.slice(0, itemsMax), { kind: 'park', ...rest }];
};

/** A defect of the follower: which keys the event concerns is not known, so its stream is held. */
export const unreadableEvent = (recorded: Recorded, error: unknown): Item => ({
  kind: 'park',
  key: recorded.stream,
  item: wholeEvent,
  cause: recorded,
  reason: messageOf(error),
  blocking: true,
});

/**
 * Whether a part works an item: one works those of its own keys. An event that could not be understood
 * holds its stream in every part, so each parks it, which is the same as once, before going on.
 */
export const isOurs = (part: Part, item: Item): boolean =>
  (item.kind === 'park' && item.blocking) || hasKey(part, item.key);

const askedItem = (
  follower: string,
  asked: Asked<unknown> | Unreadable,
  recorded: Recorded,
  tools: FollowerTools,
): Item => {
  const { key, item } = asked;
  const place = { key, item, cause: recorded };
  if ('unreadable' in asked)
    return { kind: 'park', ...place, reason: asked.unreadable, blocking: false };
  const cause = {
    id: recorded.id,
    organisationId: recorded.metadata.organisationId,
    correlationId: recorded.metadata.correlationId,
  };
  const act = () => tools.execute(asked.command, contextOf(follower, cause, item, tools));
  return { kind: 'do', ...place, act };
};

/** On whose authority a follower asks: its own; and on account of which event. */
export const contextOf = (
  follower: string,
  cause: {
    readonly id: string;
    readonly organisationId: OrganisationId;
    readonly correlationId: string;
  },
  item: string,
  { clock }: FollowerTools,
): CommandContext => ({
  commandId: derivedCommandId(follower, cause.id, item),
  correlationId: cause.correlationId,
  causationId: cause.id,
  organisationId: cause.organisationId,
  actor: { kind: 'system', id: follower },
  capability: null,
  at: instant(clock.now()),
  subject: null,
  basis: [],
});
