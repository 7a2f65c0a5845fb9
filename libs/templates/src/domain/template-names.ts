import { Map } from 'immutable';
import { reject, type Decider, type Instant, type Rejection, type TemplateId } from '#kernel';
import type { TemplateNamesEvent } from './events.js';

/** Which template of an organisation has which name, by `<name> <language>`. */
export type TemplateNames = { readonly holders: Map<string, TemplateId> };

export type TemplateNamesCommand = {
  readonly type: 'ReserveTemplateName';
  readonly at: Instant;
  readonly templateId: TemplateId;
  readonly name: string;
  readonly language: string;
};

export type TemplateNameTaken = Rejection<'TemplateNameTaken', { readonly by: TemplateId }>;

type Named = { readonly name: string; readonly language: string };

const keyOf = ({ name, language }: Named): string => `${name} ${language}`;

/** The names of one organisation's templates: the first who wants one has it. */
export const templateNamesDecider: Decider<
  TemplateNames,
  TemplateNamesCommand,
  TemplateNamesEvent,
  TemplateNameTaken
> = {
  name: 'templates',
  initial: { holders: Map() },
  decide: ({ holders }, { at, templateId, name, language }) => {
    const by = holders.get(keyOf({ name, language }));
    if (by === templateId) return [];
    if (by !== undefined) return reject('TemplateNameTaken', { by });
    return [{ type: 'TemplateNameReserved', at, data: { templateId, name, language } }];
  },
  evolve: ({ holders }, { data }) => ({ holders: holders.set(keyOf(data), data.templateId) }),
};
