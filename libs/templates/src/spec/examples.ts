import type { Examples } from '#event-store/spec';
import type { TemplateEvent, TemplateNamesEvent } from '../domain/events.js';
import { at, drafted, reminder, reserved, submitted } from './facts.js';

const review = { templateId: reminder.templateId, version: 1, businessAccountId: '2080' };

/** One fact of each type, as it may stand on the log. */
export const templateExamples: Examples<TemplateNamesEvent | TemplateEvent> = {
  TemplateNameReserved: reserved(),
  TemplateVersionDrafted: drafted(),
  TemplateSubmitted: submitted('2080'),
  TemplateApproved: { type: 'TemplateApproved', at, data: review },
  TemplateRejected: { type: 'TemplateRejected', at, data: { ...review, reason: 'PROMOTIONAL' } },
  TemplatePaused: { type: 'TemplatePaused', at, data: { ...review, reason: null } },
};
