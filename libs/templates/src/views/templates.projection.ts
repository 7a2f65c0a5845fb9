import { epochMs, type Projection } from '#kernel';
import type { TemplateEvent } from '../domain/events.js';
import { newestVersion, templateDecider } from '../domain/template.js';
import { templateCell, templateOf } from './cells.js';

export type TemplateRow = {
  readonly template_id: string;
  readonly organisation_id: string;
  /** Of the newest version. They sort the list. */
  readonly name: string;
  readonly language: string;
  /** Template: its versions, and where their reviews stand. */
  readonly template: string;
  readonly changed_at: number;
};

/** The templates of each organisation. */
export const templatesProjection: Projection<TemplateEvent, TemplateRow> = {
  kind: 'projection',
  name: 'templates',
  version: 1,
  streams: ['template-'],
  types: [
    'TemplateVersionDrafted',
    'TemplateSubmitted',
    'TemplateApproved',
    'TemplateRejected',
    'TemplatePaused',
  ],
  table: {
    name: 'templates',
    columns: {
      template_id: 'text',
      organisation_id: 'text',
      name: 'text',
      language: 'text',
      template: 'json',
      changed_at: 'integer',
    },
    key: 'template_id',
    indexes: [['organisation_id', 'name', 'language', 'template_id']],
  },
  keys: ({ data }) => [data.templateId],
  project: (row, recorded, key) => {
    const before = row ? templateOf(row) : templateDecider.initial;
    const template = templateDecider.evolve(before, recorded);
    const newest = newestVersion(template);
    return {
      template_id: key,
      organisation_id: recorded.metadata.organisationId,
      name: newest?.name ?? '',
      language: newest?.language ?? '',
      template: templateCell(template),
      changed_at: epochMs(recorded.at),
    };
  },
};
