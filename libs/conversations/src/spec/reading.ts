import { type Cell, type OrganisationId, type ViewRow } from '#kernel';
import type { Principal } from '#access';
import { Cursors, OwnWrites, type OperationContext } from '#edge';
import { Decisions, History, SystemChance, SystemTimer, decisionLimits } from '#engine';
import { OrganisationDirectory } from '#organisations';
import { TemplateQueries } from '#templates';
import type { ViewStore } from '#view-store';
import { BridgeTermsReader } from '../commands/bridge-terms-reader.js';
import { BridgeEligibilities } from '../graphql/bridge-eligibility.js';
import { BusinessNodes } from '../graphql/business-nodes.js';
import { ContactsResolver } from '../graphql/contacts.resolver.js';
import { ConversationResolver } from '../graphql/conversation.resolver.js';
import {
  ConversationFieldsResolver,
  ConversationsResolver,
  MessageResolver,
  WindowResolver,
} from '../graphql/conversations.resolver.js';
import { EventReading } from '../graphql/event-reading.js';
import { EventsResolver } from '../graphql/events.resolver.js';
import { InboxReading } from '../graphql/inbox-reading.js';
import { LogPlaces } from '../graphql/log-places.js';
import { NodeResolver } from '../graphql/node.resolver.js';
import { PastMoments } from '../graphql/past-moments.js';
import { PastReading } from '../graphql/past-reading.js';
import { PreviousConversationsResolver } from '../graphql/previous-conversations.resolver.js';
import { Viewpoints } from '../graphql/viewpoints.js';
import { ContactQueries } from '../views/contact-queries.js';
import { ConversationQueries } from '../views/conversation-queries.js';
import { EventQueries } from '../views/event-queries.js';
import { acme } from './people.js';
import type { Views } from './views.js';

const sms = {
  isOn: true,
  portalAddress: () => 'tflow.link',
  statusUrl: () => 'https://acme.test/webhooks/sms/status',
};

/** A member of the staff. */
export const ann: Principal = {
  kind: 'staff',
  id: 'ann',
  organisationId: acme,
  capabilities: new Set(['messages.view', 'messages.send']),
  name: 'Ann',
};

export const cursors = new Cursors('a secret', 'an epoch');

/** The context of an operation that asks for no position. */
export const anyContext: OperationContext = {
  authentication: { kind: 'anonymous' },
  correlationId: 'spec',
  position: null,
};

/** The resolvers over opened views, with folds of their own that have read nothing yet. */
export const resolversOf = ({ clock, log, views }: Views) => {
  let statements = 0;
  // The views as they are; what is asked of them is counted on the way.
  const counted: ViewStore = {
    query: <Row extends ViewRow>(
      organisation: OrganisationId,
      sql: string,
      parameters: readonly Cell[],
    ) => {
      statements += 1;
      return views.query<Row>(organisation, sql, parameters);
    },
    all: views.all,
    position: () => views.position(),
    reached: (...place) => views.reached(...place),
    rows: (...which) => views.rows(...which),
    commit: (batch) => views.commit(batch),
    close: () => views.close(),
  };
  const chance = new SystemChance();
  const timer = new SystemTimer();
  const tools = { log, clock, chance, timer, versionOf: () => 1, limits: decisionLimits };
  const decisions = new Decisions(tools);
  const organisations = new OrganisationDirectory(decisions);
  const history = new History(log);
  const queries = new ConversationQueries(counted, clock);
  const business = new BusinessNodes(organisations, new TemplateQueries(counted));
  const events = new EventQueries(counted);
  const contacts = new ContactQueries(counted);
  const viewpoints = new Viewpoints(organisations, cursors, clock, sms, counted);
  const ownWrites = new OwnWrites(cursors, counted);
  const places = new LogPlaces(cursors, history);
  const reading = new InboxReading(queries, viewpoints, counted);
  const moments = new PastMoments(places, events, ownWrites, clock);
  const past = new PastReading(moments, viewpoints, history);
  const eligibilities = new BridgeEligibilities(new BridgeTermsReader(decisions, chance, sms));
  return {
    statements: () => statements,
    conversation: new ConversationResolver(reading, past, ownWrites),
    conversations: new ConversationsResolver(reading, queries, cursors, ownWrites, counted),
    fields: new ConversationFieldsResolver(cursors, eligibilities, counted),
    previous: new PreviousConversationsResolver(cursors, counted),
    window: new WindowResolver(cursors, history),
    message: new MessageResolver(),
    contacts: new ContactsResolver(contacts, cursors, ownWrites, counted),
    node: new NodeResolver(reading, queries, contacts, business, ownWrites),
    events: new EventsResolver(
      events,
      new EventReading(contacts, organisations, cursors, history),
      places,
      ownWrites,
      counted,
    ),
  };
};

export type Resolvers = ReturnType<typeof resolversOf>;
