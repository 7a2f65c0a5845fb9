import { Inject } from '@nestjs/common';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import type { Position } from '#kernel';
import { CurrentPrincipal, Requires, type Principal } from '#access';
import { OwnWrites, sizeOf, type OperationContext } from '#edge';
import { VIEWS, type ViewStore } from '#view-store';
import { EventQueries } from '../views/event-queries.js';
import { EventFilterInput } from './audit-inputs.js';
import { EventReading } from './event-reading.js';
import { LogPlaces } from './log-places.js';
import { organisationOf } from './viewpoints.js';

@Resolver()
export class EventsResolver {
  constructor(
    private readonly events: EventQueries,
    private readonly facts: EventReading,
    private readonly places: LogPlaces,
    private readonly ownWrites: OwnWrites,
    @Inject(VIEWS) private readonly views: ViewStore,
  ) {}

  @Query('events')
  @Requires('messages.view')
  async list(
    @CurrentPrincipal() principal: Principal,
    @Context() context: OperationContext,
    @Args('first') first: number | undefined,
    @Args('after') after: string | undefined,
    // Optional, never a union: the input pipe finds the class by the declared type alone.
    @Args('filter') filter?: EventFilterInput,
  ) {
    await this.ownWrites.shown(principal, context);
    const organisation = organisationOf(principal);
    const size = sizeOf(first, null);
    const from = typeof after === 'string' ? await this.places.read(principal, after) : null;
    // The position first: what is told while the rows are read lies behind it.
    const position = this.views.position();
    const page = await this.events.page(organisation, filter ?? {}, { after: from, size });
    const nodes = await this.facts.shaped(organisation, page.rows);
    const cursor = (place: Position | null) => place && this.places.cursor(principal, place);
    return {
      edges: nodes.map((node) => ({ cursor: node.cursor, node })),
      nodes,
      pageInfo: {
        hasNextPage: page.hasNextPage,
        hasPreviousPage: from !== null,
        startCursor: nodes.at(0)?.cursor ?? null,
        endCursor: page.hasNextPage ? cursor(page.readTo) : (nodes.at(-1)?.cursor ?? null),
      },
      position: cursor(position),
    };
  }
}
