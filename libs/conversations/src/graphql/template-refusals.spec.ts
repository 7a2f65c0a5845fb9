import { describe, expect, it } from '@jest/globals';
import { reject } from '#kernel';
import { notFound } from './plain-refusals.js';
import { templateRefusal } from './template-refusals.js';

describe('the refusal of a template', () => {
  it('F52: answers another’s like one that does not exist', () => {
    expect(templateRefusal(reject('TemplateUnknown'))).toEqual(notFound());
  });

  it('C13, R040: says what to do: submit it, wait, or make another; with WhatsApp’s reason', () => {
    const notApproved = (status: 'DRAFT' | 'REJECTED' | 'PAUSED', reason: string | null) =>
      templateRefusal(reject('TemplateNotApproved', { status, reason }));
    const code = 'TEMPLATE_NOT_APPROVED';
    expect(notApproved('DRAFT', null)).toMatchObject({
      code,
      message: expect.stringContaining('submit it first'),
    });
    expect(notApproved('REJECTED', 'PROMOTIONAL')).toMatchObject({
      code,
      message: 'WhatsApp rejected this template (PROMOTIONAL). Make another.',
    });
    expect(notApproved('REJECTED', null).message).toBe(
      'WhatsApp rejected this template. Make another.',
    );
    expect(notApproved('PAUSED', null)).toMatchObject({ code });
    expect(templateRefusal(reject('TemplatePending'))).toMatchObject({ code: 'TEMPLATE_PENDING' });
  });

  it('R055: names the variables that are missing, and those that are not its own', () => {
    const details = { missing: ['a', 'b'], unknown: ['c'] };
    expect(templateRefusal(reject('TemplateVariablesWrong', details))).toEqual({
      __typename: 'TemplateVariableRefusal',
      code: 'TEMPLATE_VARIABLE_MISSING',
      message: 'Fill in a, b. The template has no variable c.',
      ...details,
    });
  });

  it.each([
    ['line_break', null],
    ['tab', null],
    ['spaces', 4],
    ['unwritable', null],
  ] as const)('names the variable whose value WhatsApp does not take: %s', (fault, limit) => {
    const details = { name: 'a', fault, limit };
    expect(templateRefusal(reject('TemplateValueInvalid', details))).toMatchObject({
      __typename: 'InvalidContentRefusal',
      code: 'CONTENT_INVALID',
      field: 'variables.a',
      limit,
    });
  });

  it('says how long it would be, and that a variable is given twice', () => {
    const tooLong = { limit: 1_024, actual: 1_025 };
    expect(templateRefusal(reject('TemplateTooLong', tooLong))).toMatchObject({
      code: 'CONTENT_INVALID',
      field: 'variables',
      ...tooLong,
    });
    expect(templateRefusal(reject('TemplateVariableRepeated', { name: 'a' }))).toMatchObject({
      code: 'CONTENT_INVALID',
      field: 'variables.a',
    });
  });
});
