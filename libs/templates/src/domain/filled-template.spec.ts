import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instant } from '#kernel';
import { drafted, reminder, reviewed, submitted } from '../spec/facts.js';
import type { TemplateEvent } from './events.js';
import { rendered, variablesOf } from './body.js';
import { filledTemplate, type TemplateVariable } from './filled-template.js';
import { templateDecider } from './template.js';

const account = '2080';
const at = instant(1);
const fold = (...facts: readonly TemplateEvent[]) =>
  facts.reduce(templateDecider.evolve, templateDecider.initial);
const approved = (body: string) =>
  fold(drafted({ body }), submitted(account), reviewed('APPROVED', account));
const given = (values: { readonly [name: string]: string }): readonly TemplateVariable[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));
const fill = (body: string, values: { readonly [name: string]: string }) =>
  filledTemplate(approved(body), account, given(values));

describe('filling a template in', () => {
  it('R051, R054: puts each value in each of its places, in the order of the words', () => {
    const { templateId, name, language } = reminder;
    expect(fill('{{b}}, {{a}} and {{b}} again.', { a: 'one', b: 'two' })).toEqual({
      templateId,
      version: 1,
      name,
      language,
      body: 'two, one and two again.',
      variables: [
        { name: 'b', value: 'two' },
        { name: 'a', value: 'one' },
      ],
    });
  });

  it('R053, C14: never reads a value as a place, whatever it says', () => {
    for (const value of ['$40', '$&', '$1', '{{b}}', '{b}', '{{a}}'])
      expect(fill('Hi {{a}}, {{b}}.', { a: value, b: 'two' })).toMatchObject({
        body: `Hi ${value}, two.`,
      });
  });

  it('needs no values where there are no variables', () => {
    expect(fill('Good bye.', {})).toMatchObject({ body: 'Good bye.', variables: [] });
  });

  it('any words and any values: what is not a place stays as it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (words, value) => {
        const names = variablesOf(words);
        const values = new Map(names.map((name) => [name, value]));
        const body = rendered(words, values);
        expect(names.length === 0 ? body : body.includes(value)).toBe(
          names.length === 0 ? words : true,
        );
      }),
    );
  });
});

describe('a template that cannot be sent', () => {
  const filling = given({ customer_name: 'Ada', appointment_time: 'five' });

  it('R036, R043, C13: is a draft, pending, rejected or paused, at this account', () => {
    const drafts = fold(drafted());
    const pending = fold(drafted(), submitted(account));
    expect(filledTemplate(fold(), account, [])).toMatchObject({ rejected: 'TemplateUnknown' });
    expect(filledTemplate(drafts, account, filling)).toMatchObject({
      rejected: 'TemplateNotApproved',
      details: { status: 'DRAFT', reason: null },
    });
    expect(filledTemplate(pending, account, filling)).toMatchObject({
      rejected: 'TemplatePending',
    });
    for (const verdict of ['REJECTED', 'PAUSED'] as const) {
      const told = fold(drafted(), submitted(account), reviewed(verdict, account, 'PROMOTIONAL'));
      expect(filledTemplate(told, account, filling)).toMatchObject({
        rejected: 'TemplateNotApproved',
        details: { status: verdict, reason: 'PROMOTIONAL' },
      });
    }
  });

  it('R037: is approved for another account alone', () => {
    const elsewhere = fold(drafted(), submitted('2081'), reviewed('APPROVED', '2081'));
    expect(filledTemplate(elsewhere, account, filling)).toMatchObject({
      rejected: 'TemplateNotApproved',
      details: { status: 'DRAFT' },
    });
    expect(filledTemplate(elsewhere, '2081', filling)).toMatchObject({ version: 1 });
  });

  it('is filled in as WhatsApp approved it, whatever has been drafted since', () => {
    const next: TemplateEvent = {
      type: 'TemplateVersionDrafted',
      at,
      data: { ...reminder, version: 2, body: 'New words.' },
    };
    const told = fold(drafted(), submitted(account), reviewed('APPROVED', account), next);
    expect(filledTemplate(told, account, filling)).toMatchObject({ version: 1 });
  });

  it('R055: has variables that nothing was given for, or was given what it does not have', () => {
    const refused = (values: { readonly [name: string]: string }) =>
      fill('Hi {{a}}, {{b}}.', values);
    expect(refused({ c: 'x' })).toEqual({
      rejected: 'TemplateVariablesWrong',
      details: { missing: ['a', 'b'], unknown: ['c'] },
    });
    for (const nothing of ['', ' ', '\u200b'])
      expect(refused({ a: 'one', b: nothing })).toMatchObject({
        details: { missing: ['b'], unknown: [] },
      });
    const twice = [...given({ a: 'one', b: 'two' }), { name: 'a', value: 'three' }];
    expect(filledTemplate(approved('Hi {{a}}, {{b}}.'), account, twice)).toMatchObject({
      rejected: 'TemplateVariableRepeated',
      details: { name: 'a' },
    });
  });

  it.each([
    ['line_break', 'a\nb', null],
    ['line_break', 'a\rb', null],
    ['tab', 'a\tb', null],
    ['spaces', `a${' '.repeat(5)}b`, 4],
    ['unwritable', 'a\0b', null],
    ['unwritable', 'a\ud800b', null],
  ] as const)('has a value with what WhatsApp takes in none: %s', (fault, value, limit) => {
    expect(fill('Hi {{a}}.', { a: value })).toEqual({
      rejected: 'TemplateValueInvalid',
      details: { name: 'a', fault, limit },
    });
  });

  it('takes four spaces in a row, and 1,024 characters in all, and not one more', () => {
    expect(fill('Hi {{a}}.', { a: `a${' '.repeat(4)}b` })).toMatchObject({ version: 1 });
    const rest = 1_024 - 'Hi .'.length;
    expect(fill('Hi {{a}}.', { a: '🚗'.repeat(rest) })).toMatchObject({ version: 1 });
    expect(fill('Hi {{a}}.', { a: 'é'.repeat(rest + 1) })).toEqual({
      rejected: 'TemplateTooLong',
      details: { limit: 1_024, actual: 1_025 },
    });
  });
});
