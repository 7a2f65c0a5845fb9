import type { DomainEvent, TemplateId } from '#kernel';
import { event, typesOf, type EventCatalogue } from '#event-store';

export type TemplateCategory = 'MARKETING' | 'UTILITY' | 'AUTHENTICATION';

/** A name, in a language, belongs to a template of the organisation: no other of it can have it. */
export type TemplateNameReserved = DomainEvent<
  'TemplateNameReserved',
  { readonly templateId: TemplateId; readonly name: string; readonly language: string }
>;

export type TemplateNamesEvent = TemplateNameReserved;

/** What a template says was written down. A version is never changed: another follows it. */
export type TemplateVersionDrafted = DomainEvent<
  'TemplateVersionDrafted',
  {
    readonly templateId: TemplateId;
    /** From 1. */
    readonly version: number;
    /** As WhatsApp knows it: small letters, digits and underscores. */
    readonly name: string;
    /** As WhatsApp writes it: en, en_GB. */
    readonly language: string;
    readonly category: TemplateCategory;
    /** With a `{{name}}` in the place of each variable. */
    readonly body: string;
  }
>;

/** A version was handed in for review: WhatsApp reviews it once for each business account. */
export type TemplateSubmitted = DomainEvent<
  'TemplateSubmitted',
  {
    readonly templateId: TemplateId;
    readonly version: number;
    readonly businessAccountIds: readonly string[];
  }
>;

type Reviewed = {
  readonly templateId: TemplateId;
  readonly version: number;
  /** Meta's id of the WhatsApp Business Account. */
  readonly businessAccountId: string;
};
type ReviewedBecause = Reviewed & {
  /** As WhatsApp gave it; null when it gave none. */
  readonly reason: string | null;
};

/** WhatsApp approved a version, or approved it again: it may be sent from this account's numbers. */
export type TemplateApproved = DomainEvent<'TemplateApproved', Reviewed>;

/** WhatsApp rejected a version, perhaps after it had approved it. */
export type TemplateRejected = DomainEvent<'TemplateRejected', ReviewedBecause>;

/** WhatsApp paused an approved template: customers liked it too little. */
export type TemplatePaused = DomainEvent<'TemplatePaused', ReviewedBecause>;

export type TemplateEvent =
  TemplateVersionDrafted | TemplateSubmitted | TemplateApproved | TemplateRejected | TemplatePaused;

export const templateCatalogue: EventCatalogue<TemplateNamesEvent | TemplateEvent> = {
  TemplateNameReserved: event(),
  TemplateVersionDrafted: event(),
  TemplateSubmitted: event(),
  TemplateApproved: event(),
  TemplateRejected: event(),
  TemplatePaused: event(),
};

export const templateEventTypes = typesOf(templateCatalogue);
