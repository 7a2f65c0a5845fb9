import { webhookCatalogue } from '#webhooks';
import { contactCatalogue, contactsProjection } from '#contacts';
import {
  conversationCatalogue,
  conversationsProjection,
  feedProjection,
  messagesProjection,
  threadsProjection,
} from '#conversations';
import type { EventCatalogue } from '#event-store';
import { organisationCatalogue } from '#organisations';
import { portalCatalogue } from '#portal';
import { templateCatalogue, templatesProjection } from '#templates';
import type { ReadModel } from '#view-store';

/** Every event that can stand on the log. */
export const catalogues: readonly EventCatalogue[] = [
  organisationCatalogue,
  contactCatalogue,
  conversationCatalogue,
  portalCatalogue,
  templateCatalogue,
  webhookCatalogue,
];

const definitions = new Map(catalogues.flatMap((catalogue) => Object.entries(catalogue)));

/** The newest version of an event's shape. */
export const versionOf = (type: string): number => definitions.get(type)?.version ?? 1;

/** Every view that is kept up with the log. */
export const readModel: ReadModel = {
  projections: [
    contactsProjection,
    threadsProjection,
    conversationsProjection,
    messagesProjection,
    templatesProjection,
    feedProjection,
  ],
};
