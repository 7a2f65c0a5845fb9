import { instant, templateId } from '#kernel';
import type {
  TemplateApproved,
  TemplateNameReserved,
  TemplatePaused,
  TemplateRejected,
  TemplateSubmitted,
  TemplateVersionDrafted,
} from '../domain/events.js';
import type { TemplateVersion } from '../domain/template.js';

export const at = instant(1_795_176_000_000);

export const reminder: TemplateVersion = {
  templateId: templateId('reminder'),
  version: 1,
  name: 'appointment_reminder',
  language: 'en_GB',
  category: 'UTILITY',
  body: 'Hello {{customer_name}}, see you at {{appointment_time}}.',
};

export const drafted = (told: Partial<TemplateVersion> = {}): TemplateVersionDrafted => ({
  type: 'TemplateVersionDrafted',
  at,
  data: { ...reminder, ...told },
});

export const submitted = (...businessAccountIds: readonly string[]): TemplateSubmitted => ({
  type: 'TemplateSubmitted',
  at,
  data: { templateId: reminder.templateId, version: 1, businessAccountIds },
});

export const reviewed = (
  verdict: 'APPROVED' | 'REJECTED' | 'PAUSED',
  businessAccountId: string,
  reason: string | null = null,
): TemplateApproved | TemplateRejected | TemplatePaused => {
  const data = { templateId: reminder.templateId, version: 1, businessAccountId };
  if (verdict === 'APPROVED') return { type: 'TemplateApproved', at, data };
  const type = verdict === 'REJECTED' ? 'TemplateRejected' : 'TemplatePaused';
  return { type, at, data: { ...data, reason } };
};

export const reserved = (template = 'reminder', language = 'en_GB'): TemplateNameReserved => ({
  type: 'TemplateNameReserved',
  at,
  data: { templateId: templateId(template), name: reminder.name, language },
});
