import { variablesOf } from '../domain/body.js';
import { templateObstacle } from '../domain/filled-template.js';
import {
  approvalAt,
  newestVersion,
  statusOf,
  type Template,
  type TemplateVersion,
} from '../domain/template.js';
import { templateOf } from '../views/cells.js';
import type { TemplateRow } from '../views/templates.projection.js';

/** A template as clients see it: as its newest version says. */
export const templateShape = (row: TemplateRow) => {
  const template = templateOf(row);
  const newest = newestVersion(template);
  return newest ? shapeOf(template, newest) : null;
};

export type TemplateShape = NonNullable<ReturnType<typeof templateShape>>;

/** The same as the version that can be sent from this account's numbers; null when none can. */
export const sendableShape = (row: TemplateRow, businessAccountId: string) => {
  const template = templateOf(row);
  const approval = approvalAt(template, businessAccountId);
  if (templateObstacle(approval) !== null) return null;
  const version = template.versions.find((each) => each.version === approval?.version);
  return version ? shapeOf(template, version) : null;
};

const shapeOf = (template: Template, said: TemplateVersion) => {
  const rejected = template.approvals.find(({ status }) => status === 'REJECTED');
  return {
    __typename: 'Template' as const,
    id: said.templateId,
    name: said.name,
    language: said.language,
    category: said.category,
    status: statusOf(template),
    rejectionReason: rejected?.reason ?? null,
    approvals: template.approvals.map(({ businessAccountId, status, reason, at }) => ({
      channel: { id: businessAccountId },
      status,
      reason,
      at,
    })),
    body: said.body,
    variables: variablesOf(said.body).map((name) => ({ name })),
    version: said.version,
  };
};
