import { describe, expect, it } from '@jest/globals';
import { templateId } from '#kernel';
import { given, knowsItsWords, laws } from '#kernel/spec';
import { at, drafted, reminder, reserved, reviewed, submitted } from '../spec/facts.js';
import type { TemplateEvent } from './events.js';
import { statusOf, templateDecider, type TemplateCommand } from './template.js';
import { templateNamesDecider, type TemplateNamesCommand } from './template-names.js';

const { version: _, ...said } = reminder;
const draft: TemplateCommand = { type: 'DraftTemplate', at, ...said };
const submit = (...businessAccountIds: readonly string[]): TemplateCommand => ({
  type: 'SubmitTemplate',
  at,
  businessAccountIds,
});
const review = (
  verdict: 'APPROVED' | 'REJECTED' | 'PAUSED',
  businessAccountId = '2080',
  reason: string | null = null,
): TemplateCommand => ({ type: 'RecordReview', at, businessAccountId, verdict, reason });
const fold = (...facts: readonly TemplateEvent[]) =>
  facts.reduce(templateDecider.evolve, templateDecider.initial);

describe('a template', () => {
  it('R034: is a draft before it is handed in, then pending', () => {
    given(templateDecider)().when(draft).then(drafted());
    given(templateDecider)(drafted()).when(draft).thenNothing();
    given(templateDecider)(drafted()).when(submit('2080')).then(submitted('2080'));
    expect(statusOf(fold(drafted()))).toBe('DRAFT');
    expect(statusOf(fold(drafted(), submitted('2080')))).toBe('PENDING');
  });

  it('R035, R037: is handed in once for each account, and reviewed there on its own', () => {
    given(templateDecider)(drafted(), submitted('2080'))
      .when(submit('2080', '2081'))
      .then(submitted('2081'));
    given(templateDecider)(drafted(), submitted('2080')).when(submit('2080')).thenNothing();
    const both = [drafted(), submitted('2080', '2081')];
    expect(statusOf(fold(...both, reviewed('APPROVED', '2081')))).toBe('PENDING');
    expect(
      statusOf(fold(...both, reviewed('APPROVED', '2081'), reviewed('REJECTED', '2080'))),
    ).toBe('APPROVED');
  });

  it.each(['APPROVED', 'REJECTED', 'PAUSED'] as const)(
    'R034, R040, Q15: is %s once WhatsApp says so, with its reason if it gives one',
    (verdict) => {
      const pending = [drafted(), submitted('2080')];
      const reason = verdict === 'APPROVED' ? null : 'PROMOTIONAL';
      const told = reviewed(verdict, '2080', reason);
      given(templateDecider)(...pending)
        .when(review(verdict, '2080', reason))
        .then(told);
      given(templateDecider)(...pending, told)
        .when(review(verdict, '2080', reason))
        .thenNothing();
      expect(fold(...pending, told).approvals).toEqual([
        { businessAccountId: '2080', version: 1, status: verdict, reason, at },
      ]);
    },
  );

  it('has the newest verdict of each account', () => {
    const facts = [drafted(), submitted('2080', '2081'), reviewed('PAUSED', '2081')];
    const { approvals } = fold(...facts, reviewed('APPROVED', '2081'));
    expect(approvals.map(({ businessAccountId, status }) => [businessAccountId, status])).toEqual([
      ['2080', 'PENDING'],
      ['2081', 'APPROVED'],
    ]);
  });

  it('R045: is approved nowhere that it was not handed in', () => {
    given(templateDecider)().when(review('APPROVED')).thenRejected('TemplateUnknown');
    given(templateDecider)().when(submit('2080')).thenRejected('TemplateUnknown');
    given(templateDecider)(drafted()).when(review('APPROVED')).thenRejected('TemplateNotSubmitted');
  });

  const histories = [
    [],
    [drafted()],
    [drafted(), submitted('2080', '2081')],
    [drafted(), submitted('2080'), reviewed('APPROVED', '2080'), reviewed('PAUSED', '2080')],
  ];
  const commands = [
    draft,
    submit('2080'),
    submit('2080', '2081'),
    review('APPROVED'),
    review('REJECTED', '2081', 'SCAM'),
    review('PAUSED'),
  ];
  const cases = { name: 'template', histories, commands };
  for (const { name, check } of [
    ...laws(templateDecider, cases),
    knowsItsWords(templateDecider, cases),
  ])
    it(name, check);
});

describe('the names of templates', () => {
  const reserve = (id: string, language = 'en_GB'): TemplateNamesCommand => {
    const { name } = reminder;
    return { type: 'ReserveTemplateName', at, templateId: templateId(id), name, language };
  };

  it('R047: belong to who reserved them first, in each language', () => {
    given(templateNamesDecider)().when(reserve('reminder')).then(reserved());
    given(templateNamesDecider)(reserved())
      .when(reserve('other'))
      .thenRejected('TemplateNameTaken', { by: 'reminder' });
    given(templateNamesDecider)(reserved())
      .when(reserve('other', 'de'))
      .then(reserved('other', 'de'));
  });

  const cases = {
    name: 'templates',
    histories: [[], [reserved()]],
    commands: [reserve('reminder'), reserve('other')],
  };
  for (const { name, check } of laws(templateNamesDecider, cases)) it(name, check);
});
