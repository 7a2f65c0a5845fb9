import { reject, type Rejection, type TemplateId } from '#kernel';
import { rendered, variablesOf } from './body.js';
import {
  approvalAt,
  type Approval,
  type ReviewStatus,
  type Template,
  type TemplateVersion,
} from './template.js';

export type TemplateVariable = { readonly name: string; readonly value: string };

/** A version with its blanks filled in: all that a message says, and all that sends it. */
export type FilledTemplate = {
  readonly templateId: TemplateId;
  readonly version: number;
  readonly name: string;
  readonly language: string;
  /** As the customer reads it. */
  readonly body: string;
  /** In the order of the template. */
  readonly variables: readonly TemplateVariable[];
};

/** Why a template cannot be sent from an account's numbers now. */
export type TemplateObstacle = 'DRAFT' | Exclude<ReviewStatus, 'APPROVED'>;

/** What a value must not have in it. */
export type ValueFault = 'line_break' | 'tab' | 'spaces' | 'unwritable';

/** Why a template cannot be sent so. */
export type TemplateRefused =
  | Rejection<'TemplateUnknown'>
  | Rejection<'TemplatePending'>
  | Rejection<
      'TemplateNotApproved',
      {
        readonly status: Exclude<TemplateObstacle, 'PENDING'>;
        readonly reason: string | null;
      }
    >
  | Rejection<
      'TemplateVariablesWrong',
      { readonly missing: readonly string[]; readonly unknown: readonly string[] }
    >
  | Rejection<'TemplateVariableRepeated', { readonly name: string }>
  | Rejection<
      'TemplateValueInvalid',
      { readonly name: string; readonly fault: ValueFault; readonly limit: number | null }
    >
  | Rejection<'TemplateTooLong', { readonly limit: number; readonly actual: number }>;

/** Meta's limit for a body, its values in place, in characters (components, read 2026-11-20). */
export const templateBodyLengthMax = 1_024;
/** Meta's limit for spaces in a row in a value (send messages, read 2026-11-20). */
export const spacesInARowMax = 4;

/** What stands in the way of sending; null when nothing does. */
export const templateObstacle = (approval: Approval | undefined): TemplateObstacle | null => {
  if (!approval) return 'DRAFT';
  return approval.status === 'APPROVED' ? null : approval.status;
};

/**
 * Fills a template in for a message from a number of this WhatsApp Business Account, or says why
 * it cannot be sent: not approved there, not the right variables, values that WhatsApp refuses.
 */
export const filledTemplate = (
  template: Template,
  businessAccountId: string,
  given: readonly TemplateVariable[],
): FilledTemplate | TemplateRefused => {
  if (template.versions.length === 0) return reject('TemplateUnknown');
  const approval = approvalAt(template, businessAccountId);
  const obstacle = templateObstacle(approval);
  if (obstacle === 'PENDING') return reject('TemplatePending');
  const version = template.versions.find((each) => each.version === approval?.version);
  if (obstacle !== null || !version)
    return reject('TemplateNotApproved', {
      status: obstacle ?? 'DRAFT',
      reason: approval?.reason ?? null,
    });
  return wrongVariables(version, given) ?? filled(version, given);
};

const wrongVariables = (
  { body }: TemplateVersion,
  given: readonly TemplateVariable[],
): TemplateRefused | null => {
  const names = variablesOf(body);
  const values = new Map(given.map(({ name, value }) => [name, value]));
  const missing = names.filter((name) => isEmpty(values.get(name) ?? ''));
  const unknown = [...values.keys()].filter((name) => !names.includes(name));
  if (missing.length + unknown.length > 0)
    return reject('TemplateVariablesWrong', { missing, unknown });
  const repeated = given.find(({ name }, index) =>
    given.slice(0, index).some((earlier) => earlier.name === name),
  );
  if (repeated) return reject('TemplateVariableRepeated', { name: repeated.name });
  for (const { name, value } of given) {
    const fault = faultOf(value);
    const limit = fault === 'spaces' ? spacesInARowMax : null;
    if (fault !== null) return reject('TemplateValueInvalid', { name, fault, limit });
  }
  return null;
};

const filled = (
  { body: blank, ...version }: TemplateVersion,
  given: readonly TemplateVariable[],
): FilledTemplate | TemplateRefused => {
  const values = new Map(given.map(({ name, value }) => [name, value]));
  const body = rendered(blank, values);
  const actual = Array.from(body).length;
  if (actual > templateBodyLengthMax)
    return reject('TemplateTooLong', { limit: templateBodyLengthMax, actual });
  const { templateId, version: number, name, language } = version;
  const variables = variablesOf(blank).map((each) => ({
    name: each,
    value: values.get(each) ?? '',
  }));
  return { templateId, version: number, name, language, body, variables };
};

/** White space, and format characters that show nothing by themselves. */
const isEmpty = (value: string): boolean => value.replace(/[\s\p{Cf}]/gu, '') === '';

const faults: readonly (readonly [ValueFault, RegExp])[] = [
  ['line_break', /[\n\r\u2028\u2029]/u],
  ['tab', /[\t\v\f]/u],
  ['spaces', new RegExp(` {${spacesInARowMax + 1}}`, 'u')],
  // NUL, and half of a surrogate pair.
  ['unwritable', /[\0\p{Cs}]/u],
];

const faultOf = (value: string): ValueFault | null =>
  faults.find(([, pattern]) => pattern.test(value))?.[0] ?? null;
