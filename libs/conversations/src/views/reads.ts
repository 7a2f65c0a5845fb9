import type { TemplateRow } from '#templates';
import type { Page, PageRequest } from '#view-store';
import type { MessagePlace } from './conversation-queries.js';
import type { MessageRow } from './messages.projection.js';

/** An episode's place among those of its contact: by its start, then by its id. */
export type EpisodePlace = readonly [startedAt: number, conversationId: string];

/** A conversation in short. */
export type EpisodeRow = {
  readonly conversation_id: string;
  readonly number_id: string;
  readonly lifecycle: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly message_count: number;
};

/** The conversation before which others were, and whose. */
export type Episode = {
  readonly contactId: string;
  readonly startedAt: number;
  readonly conversationId: string;
};

/**
 * What the fields of a conversation read only when they are asked for: as it is now, or as it was
 * then. Of one organisation; what belongs to others is not there.
 */
export type Reads = {
  message(id: string): Promise<MessageRow | null>;
  messages(conversationId: string, request: PageRequest<MessagePlace>): Promise<Page<MessageRow>>;
  /** Earlier conversations of the same contact, and those of closed threads, newest first. */
  previous(of: Episode, request: PageRequest<EpisodePlace>): Promise<Page<EpisodeRow>>;
  /** The organisation's templates, read once for all rows; null in a look back. */
  readonly templates: (() => Promise<readonly TemplateRow[]>) | null;
};
