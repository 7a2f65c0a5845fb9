import type {
  ConversationCommand,
  ToConversation,
  ToInbound,
  ToInboundSms,
  ToNotices,
} from '#conversations';

/** A command with the place where it is decided. */
export type Addressed = ToInbound | ToInboundSms | ToNotices | ToConversation<ConversationCommand>;

/**
 * What a follower of this worker asked for. The runtime carries it without knowing it, a deadline's
 * as JSON; each follower's own type says that it is addressed.
 */
export const addressedFrom = (asked: unknown): Addressed => asked as Addressed;
