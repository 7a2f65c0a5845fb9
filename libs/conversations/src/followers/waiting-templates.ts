import type { OrganisationId } from '#kernel';
import type { Withdrawals } from '../domain/template-withdrawal.js';

/** Asks, just before a template leaves, what has become of it: facts of its own stream. */
export interface WaitingTemplates {
  /** Of the thread `id` (`<organisation>-<thread>`), at this revision of it or later. */
  of(organisation: OrganisationId, id: string, revision: bigint): Promise<Withdrawals>;
}
