import type { CommandBus } from '@nestjs/cqrs';
import { templateId, type CommandContext } from '#kernel';
import { partOf } from '#engine';
import { TemplateEnvelope, TemplateNamesEnvelope, type TemplateCategory } from '#templates';

export type DemoTemplate = {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly category: TemplateCategory;
  readonly body: string;
  /** Null: WhatsApp has not made up its mind. */
  readonly verdict: 'APPROVED' | 'REJECTED' | null;
  /** WhatsApp's own words for a rejection. */
  readonly reason: string | null;
};

/** One that can be sent, one that WhatsApp still reviews, and one that it does not allow. */
export const acmeTemplates: readonly DemoTemplate[] = [
  {
    id: 'acmereminder',
    name: 'appointment_reminder',
    language: 'en_GB',
    category: 'UTILITY',
    body:
      'Hello {{customer_name}}, your car is booked in for {{appointment_time}} tomorrow. ' +
      'Answer here to change it, or STOP to hear no more of it.',
    verdict: 'APPROVED',
    reason: null,
  },
  {
    id: 'acmeready',
    name: 'car_ready',
    language: 'en_GB',
    category: 'UTILITY',
    body: 'Hello {{customer_name}}, your car is ready. Answer here, or STOP to hear no more of it.',
    verdict: null,
    reason: null,
  },
  {
    id: 'acmewinter',
    name: 'winter_offer',
    language: 'en_GB',
    category: 'MARKETING',
    body: 'Hello {{customer_name}}, buy winter tyres today or regret it!',
    verdict: 'REJECTED',
    reason: 'PROMOTIONAL',
  },
];

export const northwindTemplates: readonly DemoTemplate[] = [
  {
    id: 'northready',
    name: 'bike_ready',
    language: 'en_GB',
    category: 'UTILITY',
    body: 'Hello {{customer_name}}, your bike is ready. Answer here, or STOP to hear no more.',
    verdict: 'APPROVED',
    reason: null,
  },
];

/** Sets an organisation's templates up; what has become of them already stays as it is. */
export const setUpTemplates = async (
  commands: CommandBus,
  context: CommandContext,
  businessAccountId: string,
  templates: readonly DemoTemplate[],
): Promise<void> => {
  const { at, organisationId } = context;
  for (const { id, verdict, reason, ...said } of templates) {
    const template = templateId(id);
    const { name, language } = said;
    const part = (what: string) => partOf(context, `template-${id}-${what}`, null);
    const named = { at, templateId: template, name, language };
    const reserve = { type: 'ReserveTemplateName' as const, ...named };
    await commands.execute(new TemplateNamesEnvelope(organisationId, reserve, part('name')));
    const ask = (what: string, command: TemplateEnvelope['command']) =>
      commands.execute(new TemplateEnvelope(organisationId, template, command, part(what)));
    const draft = { type: 'DraftTemplate' as const, at, templateId: template, ...said };
    const { state } = await ask('draft', draft);
    if (state.approvals.length === 0)
      await ask('submit', { type: 'SubmitTemplate', at, businessAccountIds: [businessAccountId] });
    const isReviewed = state.approvals.some(({ status }) => status !== 'PENDING');
    if (verdict !== null && !isReviewed)
      await ask('review', { type: 'RecordReview', at, businessAccountId, verdict, reason });
  }
};
