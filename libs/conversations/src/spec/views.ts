import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  commandId,
  epochMs,
  eventId,
  type DomainEvent,
  type EventMetadata,
  type Instant,
  type OrganisationId,
} from '#kernel';
import { contactCatalogue, contactsProjection } from '#contacts';
import { MovableClock, SystemChance, SystemClock } from '#engine';
import { organisationCatalogue } from '#organisations';
import { templateCatalogue, templatesProjection } from '#templates';
import { createEventLog, createMemoryEventStore, createMemoryKeyRing } from '#event-store';
import { openEmbeddedViews, Projector } from '#view-store';
import { conversationCatalogue } from '../domain/events.js';
import { ConversationQueries } from '../views/conversation-queries.js';
import { conversationsProjection } from '../views/conversations.projection.js';
import { feedProjection } from '../views/feed.projection.js';
import { messagesProjection } from '../views/messages.projection.js';
import { threadsProjection } from '../views/threads.projection.js';
import { acme, daniel, noon, stream } from './people.js';

const readModel = {
  projections: [
    threadsProjection,
    conversationsProjection,
    messagesProjection,
    templatesProjection,
    feedProjection,
    contactsProjection,
  ],
};

type Story = {
  readonly stream?: string;
  readonly organisationId?: OrganisationId;
  readonly actor?: EventMetadata['actor'];
  /** When it was written down; else when it happened. */
  readonly recordedAt?: Instant;
};

const shownWithinMs = 20_000;

/** Real views in a directory of their own, projected from a log in memory; the clock stands still. */
export const openViews = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'casement-conversations-'));
  const clock = new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs: epochMs(noon) });
  const chance = new SystemChance();
  const log = createEventLog({
    store: createMemoryEventStore({ clock: () => clock.now() }),
    keys: createMemoryKeyRing(),
    catalogues: [conversationCatalogue, contactCatalogue, organisationCatalogue, templateCatalogue],
  });
  const { views, close } = await openEmbeddedViews({ directory, readModel });
  const faults: unknown[] = [];
  const fault = (error: unknown): void => {
    faults.push(error);
  };
  const projector = new Projector({ log, views, readModel, onParked: fault, onFault: fault });
  projector.start();
  const record = async (facts: readonly DomainEvent[], told: Story = {}): Promise<void> => {
    const { organisationId = acme, actor = { kind: 'system', id: 'spec' } } = told;
    for (const fact of facts) {
      const id = chance.uuid();
      const metadata = {
        organisationId,
        recordedAt: told.recordedAt ?? fact.at,
        actor,
        capability: null,
        commandId: commandId(id),
        correlationId: id,
        causationId: null,
        subject: daniel,
        basis: [],
      };
      await log.append(told.stream ?? stream, 'any', [{ ...fact, id: eventId(id), metadata }]);
    }
    const head = await log.head();
    if (head !== null && !(await views.reached(head, shownWithinMs)))
      throw new Error(`the views do not show it: ${faults.join()}`);
    if (faults.length > 0) throw new Error(`the views stumbled: ${faults.join()}`);
  };
  return {
    directory,
    clock,
    views,
    log,
    record,
    queries: new ConversationQueries(views, clock),
    close: async () => {
      await projector.stop();
      await close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

export type Views = Awaited<ReturnType<typeof openViews>>;
