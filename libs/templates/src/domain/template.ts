import { reject, unreachable, type Decider, type Instant, type Rejection } from '#kernel';
import type { TemplateEvent, TemplateVersionDrafted } from './events.js';

export type TemplateVersion = TemplateVersionDrafted['data'];

/** Where the review of a version stands, at one WhatsApp Business Account. */
export type ReviewStatus = 'PENDING' | 'APPROVED' | 'REJECTED' | 'PAUSED';
export type TemplateStatus = 'DRAFT' | ReviewStatus;

export type Approval = {
  readonly businessAccountId: string;
  /** The version that was last handed in there. */
  readonly version: number;
  readonly status: ReviewStatus;
  /** WhatsApp's own; null when it gave none, and while nothing stands in the way. */
  readonly reason: string | null;
  readonly at: Instant;
};

/** A template with its versions, oldest first. JSON: it stands in the view as it is. */
export type Template = {
  readonly versions: readonly TemplateVersion[];
  /** One for each account, in the order in which it was first handed in there. */
  readonly approvals: readonly Approval[];
};

export type TemplateCommand =
  | ({ readonly type: 'DraftTemplate'; readonly at: Instant } & Omit<TemplateVersion, 'version'>)
  | {
      readonly type: 'SubmitTemplate';
      readonly at: Instant;
      readonly businessAccountIds: readonly string[];
    }
  | {
      readonly type: 'RecordReview';
      readonly at: Instant;
      readonly businessAccountId: string;
      readonly verdict: Exclude<ReviewStatus, 'PENDING'>;
      readonly reason: string | null;
    };

export type TemplateCommandRejection =
  Rejection<'TemplateUnknown'> | Rejection<'TemplateNotSubmitted'>;

type Command<Type extends TemplateCommand['type']> = Extract<
  TemplateCommand,
  { readonly type: Type }
>;
type Decision = readonly TemplateEvent[] | TemplateCommandRejection;

/** What a template says now; undefined while there is no such template. */
export const newestVersion = ({ versions }: Template): TemplateVersion | undefined =>
  versions.at(-1);

export const approvalAt = (
  { approvals }: Template,
  businessAccountId: string,
): Approval | undefined => approvals.find((each) => each.businessAccountId === businessAccountId);

/** In words of one: while one account still reviews it, it is pending. */
export const statusOf = ({ approvals }: Template): TemplateStatus => {
  const has = (status: ReviewStatus) => approvals.some((each) => each.status === status);
  return (['PENDING', 'APPROVED', 'PAUSED', 'REJECTED'] as const).find(has) ?? 'DRAFT';
};

/** One template and what WhatsApp says of it, in streams `template-…`. */
export const templateDecider: Decider<
  Template,
  TemplateCommand,
  TemplateEvent,
  TemplateCommandRejection
> = {
  name: 'template',
  initial: { versions: [], approvals: [] },
  decide: (template, command) => {
    switch (command.type) {
      case 'DraftTemplate':
        return draft(template, command);
      case 'SubmitTemplate':
        return submit(template, command);
      case 'RecordReview':
        return recordReview(template, command);
      default:
        return unreachable(command);
    }
  },
  evolve: (template, { type, at, data }) => {
    switch (type) {
      case 'TemplateVersionDrafted':
        return { ...template, versions: [...template.versions, data] };
      case 'TemplateSubmitted':
        return data.businessAccountIds.reduce(
          (each, businessAccountId) =>
            reviewed(each, { ...data, businessAccountId, status: 'PENDING', reason: null, at }),
          template,
        );
      case 'TemplateApproved':
        return reviewed(template, { ...data, status: 'APPROVED', reason: null, at });
      case 'TemplateRejected':
        return reviewed(template, { ...data, status: 'REJECTED', at });
      case 'TemplatePaused':
        return reviewed(template, { ...data, status: 'PAUSED', at });
      default:
        return unreachable(type);
    }
  },
};

const reviewed = (template: Template, told: Approval): Template => {
  const { businessAccountId, version, status, reason, at } = told;
  const approval = { businessAccountId, version, status, reason, at };
  const isKnown = approvalAt(template, businessAccountId) !== undefined;
  const approvals = isKnown
    ? template.approvals.map((each) =>
        each.businessAccountId === businessAccountId ? approval : each,
      )
    : [...template.approvals, approval];
  return { ...template, approvals };
};

const draft = (template: Template, command: Command<'DraftTemplate'>): Decision => {
  if (newestVersion(template)) return [];
  const { type: _, at, ...said } = command;
  return [{ type: 'TemplateVersionDrafted', at, data: { ...said, version: 1 } }];
};

const submit = (template: Template, command: Command<'SubmitTemplate'>): Decision => {
  const newest = newestVersion(template);
  if (!newest) return reject('TemplateUnknown');
  const { templateId, version } = newest;
  const businessAccountIds = command.businessAccountIds.filter(
    (account) => approvalAt(template, account)?.version !== version,
  );
  if (businessAccountIds.length === 0) return [];
  const data = { templateId, version, businessAccountIds };
  return [{ type: 'TemplateSubmitted', at: command.at, data }];
};

const recordReview = (template: Template, command: Command<'RecordReview'>): Decision => {
  const newest = newestVersion(template);
  if (!newest) return reject('TemplateUnknown');
  const { at, businessAccountId, verdict, reason } = command;
  const approval = approvalAt(template, businessAccountId);
  if (!approval) return reject('TemplateNotSubmitted');
  if (approval.status === verdict) return [];
  const { templateId } = newest;
  const data = { templateId, version: approval.version, businessAccountId };
  switch (verdict) {
    case 'APPROVED':
      return [{ type: 'TemplateApproved', at, data }];
    case 'REJECTED':
      return [{ type: 'TemplateRejected', at, data: { ...data, reason } }];
    case 'PAUSED':
      return [{ type: 'TemplatePaused', at, data: { ...data, reason } }];
    default:
      return unreachable(verdict);
  }
};
