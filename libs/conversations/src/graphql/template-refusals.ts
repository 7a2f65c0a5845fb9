import { unreachable } from '#kernel';
import type { TemplateRefused, ValueFault } from '#templates';
import { notFound, plain } from './plain-refusals.js';

type Details<Reason extends TemplateRefused['rejected']> = Extract<
  TemplateRefused,
  { readonly rejected: Reason }
>['details'];

/** The typed words for a template that cannot be sent so. */
export const templateRefusal = (refused: TemplateRefused) => {
  switch (refused.rejected) {
    case 'TemplateUnknown':
      return notFound();
    case 'TemplatePending':
      return plain(
        'TEMPLATE_PENDING',
        'WhatsApp still reviews this template. Wait until it is approved, or send another one.',
      );
    case 'TemplateNotApproved':
      return plain('TEMPLATE_NOT_APPROVED', notApproved(refused.details));
    case 'TemplateVariablesWrong':
      return variablesWrong(refused.details);
    case 'TemplateVariableRepeated':
      return invalidValue(refused.details.name, 'is given twice. Give it once.', null);
    case 'TemplateValueInvalid':
      return invalidValue(refused.details.name, faults[refused.details.fault], refused.details);
    case 'TemplateTooLong':
      return tooLong(refused.details);
    default:
      return unreachable(refused);
  }
};

const notApproved = ({ status, reason }: Details<'TemplateNotApproved'>): string => {
  switch (status) {
    case 'DRAFT':
      return 'This template has not been handed in to WhatsApp for this number: submit it first.';
    case 'REJECTED':
      return reason === null
        ? 'WhatsApp rejected this template. Make another.'
        : `WhatsApp rejected this template (${reason}). Make another.`;
    case 'PAUSED':
      return 'WhatsApp has paused this template. Wait until it is approved again, or send another.';
    default:
      return unreachable(status);
  }
};

const list = (names: readonly string[]): string => names.join(', ');

const variablesWrong = ({ missing, unknown }: Details<'TemplateVariablesWrong'>) => {
  const told = [
    ...(missing.length === 0 ? [] : [`Fill in ${list(missing)}.`]),
    ...(unknown.length === 0 ? [] : [`The template has no variable ${list(unknown)}.`]),
  ];
  return {
    __typename: 'TemplateVariableRefusal' as const,
    code: 'TEMPLATE_VARIABLE_MISSING',
    message: told.join(' '),
    missing,
    unknown,
  };
};

const faults: { readonly [Fault in ValueFault]: string } = {
  line_break: 'has a line break, which WhatsApp takes in no variable. Write it in one line.',
  tab: 'has a tab, which WhatsApp takes in no variable. Write a space.',
  spaces: 'has more spaces in a row than WhatsApp takes. Write fewer.',
  unwritable: 'has characters that cannot be sent. Write it anew.',
};

const invalidValue = (
  name: string,
  fault: string,
  details: { readonly limit: number | null } | null,
) => ({
  __typename: 'InvalidContentRefusal' as const,
  code: 'CONTENT_INVALID',
  message: `The variable ${name} ${fault}`,
  field: `variables.${name}`,
  limit: details?.limit ?? null,
  actual: null,
});

const tooLong = ({ limit, actual }: Details<'TemplateTooLong'>) => ({
  __typename: 'InvalidContentRefusal' as const,
  code: 'CONTENT_INVALID',
  message: `Filled in, the template has ${actual} characters; WhatsApp takes at most ${limit}.`,
  field: 'variables',
  limit,
  actual,
});
