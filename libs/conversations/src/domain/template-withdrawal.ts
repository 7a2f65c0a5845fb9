import type { MessageId, StreamRevision } from '#kernel';
import type { TemplateObstacle } from '#templates';
import { ownFailure, type Failure } from './failure.js';

/** What has become of a template since a message was asked for: it may not be sent as it was. */
export type TemplateWithdrawal = TemplateObstacle | 'CHANGED';

/** Of the templates that wait in a thread, with the streams in which that was read. */
export type Withdrawals = {
  /** Null: nothing stands in the way. */
  readonly templates: ReadonlyMap<MessageId, TemplateWithdrawal | null>;
  readonly basis: readonly StreamRevision[];
};

export const noWithdrawals: Withdrawals = { templates: new Map(), basis: [] };

const sentences: { readonly [Withdrawal in TemplateWithdrawal]: string } = {
  DRAFT: 'WhatsApp has not approved this template.',
  PENDING: 'WhatsApp reviews this template again: it can be sent once it is approved.',
  REJECTED: 'WhatsApp has rejected this template since. Send another one.',
  PAUSED: 'WhatsApp has paused this template since. Send another one, or wait.',
  CHANGED: 'The template says something else by now. Send it as it is, or another one.',
};

/** A template that was approved when it was asked for, and may not leave any more. */
export const templateFailure = (withdrawal: TemplateWithdrawal): Failure =>
  ownFailure(
    withdrawal === 'CHANGED' ? 'template_changed' : 'template_not_approved',
    sentences[withdrawal],
  );
