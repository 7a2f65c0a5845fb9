import { Inject, Injectable } from '@nestjs/common';
import type { OrganisationId } from '#kernel';
import type { ContactRow } from '#contacts';
import { direction, page, VIEWS, type ViewStore, type Page, type PageRequest } from '#view-store';
import { named } from './search.js';

/** A contact's place in the list: by what they are listed as, then by id. */
export type ContactPlace = readonly [listedAs: string, contactId: string];

/** Reads contacts. Every query takes the organisation; another's rows do not exist. */
@Injectable()
export class ContactQueries {
  constructor(@Inject(VIEWS) private readonly views: ViewStore) {}

  /** By name or by at least three digits of a number; everybody when nothing is searched for. */
  async contacts(
    organisation: OrganisationId,
    search: string | null,
    request: PageRequest<ContactPlace>,
  ): Promise<Page<ContactRow>> {
    // A list of names is read from its first letter on, as messages are from their first word on.
    const { compare, order } = direction(request, 'oldest first');
    const found = named('', search);
    const conditions = [
      { sql: 'organisation_id = ? AND survivor_id IS NULL', parameters: [organisation] },
      ...found,
      ...(request.beyond
        ? [{ sql: `(listed_as, contact_id) ${compare} (?, ?)`, parameters: request.beyond }]
        : []),
    ];
    const rows = await this.views.query<ContactRow>(
      organisation,
      `SELECT * FROM contacts WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}
       ORDER BY listed_as ${order}, contact_id ${order} LIMIT ?`,
      [...conditions.flatMap(({ parameters }) => parameters), request.size + 1],
    );
    return page(rows, request);
  }

  /**
   * The contact by this id, or the one that it turned out to be; null when it is none of the
   * organisation's.
   */
  async contact(organisation: OrganisationId, id: string): Promise<ContactRow | null> {
    const [row] = await this.contactsById(organisation, [id]);
    if (!row) return null;
    return row.survivor_id === null ? row : this.contact(organisation, row.survivor_id);
  }

  /** Contacts by id, as they were called, in no order; ids of others are left out. */
  contactsById(
    organisation: OrganisationId,
    ids: readonly string[],
  ): Promise<readonly ContactRow[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.views.query<ContactRow>(
      organisation,
      `SELECT * FROM contacts WHERE organisation_id = ?
       AND contact_id IN (${ids.map(() => '?').join(', ')})`,
      [organisation, ...ids],
    );
  }
}
