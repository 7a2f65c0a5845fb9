import { Inject, Injectable } from '@nestjs/common';
import type { OrganisationId } from '#kernel';
import { Cursors } from '#edge';
import { HISTORY, type History } from '#engine';
import { OrganisationDirectory } from '#organisations';
import { ContactQueries } from '../views/contact-queries.js';
import { factsOf } from '../views/feed-facts.js';
import type { FeedRow } from '../views/feed.projection.js';
import { eventShape } from './event-shape.js';

/** Reads the facts that the feed names, and gives them the shape of the contract. */
@Injectable()
export class EventReading {
  constructor(
    private readonly contacts: ContactQueries,
    private readonly organisations: OrganisationDirectory,
    private readonly cursors: Cursors,
    @Inject(HISTORY) private readonly history: History,
  ) {}

  /** In the order of the rows, with the names that people have now. */
  async shaped(organisation: OrganisationId, rows: readonly FeedRow[]) {
    const facts = await factsOf(this.history, rows);
    const customers = new Set(
      facts.flatMap(({ metadata: { actor } }) => (actor.kind === 'customer' ? [actor.id] : [])),
    );
    const [known, business] = await Promise.all([
      this.contacts.contactsById(organisation, [...customers]),
      this.organisations.load(organisation),
    ]);
    const names = new Map(known.map((row) => [row.contact_id, row.profile_name]));
    return facts.map((fact) => {
      const { id } = fact.metadata.actor;
      const contact = { id, name: names.get(id) ?? null };
      const people = { organisationId: organisation, organisation: business, contact };
      return eventShape(fact, people, this.cursors);
    });
  }
}
