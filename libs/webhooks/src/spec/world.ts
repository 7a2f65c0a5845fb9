import { epochMs, type Instant, type Recorded } from '#kernel';
import { MovableClock, Record, SystemChance, SystemClock } from '#engine';
import { createEventLog, createMemoryEventStore, createMemoryKeyRing } from '#event-store';
import { WebhookInbox } from '../commands/webhook-inbox.js';
import { SmsListMemory } from '../commands/sms-list-memory.js';
import { webhookCatalogue, type WebhookReceived } from '../domain/events.js';

/** A log in memory at a standing clock, and what this lib does upon it. */
export const world = (start: Instant) => {
  const clock = new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs: epochMs(start) });
  const store = createMemoryEventStore({ clock: () => clock.now() });
  const keys = createMemoryKeyRing();
  const log = createEventLog({ store, keys, catalogues: [webhookCatalogue] });
  const chance = new SystemChance();
  const inbox = () => new WebhookInbox(new Record(log, clock), clock, chance);
  const memory = () => new SmsListMemory(new Record(log, clock), clock, chance);
  const kept = async (stream: string): Promise<readonly Recorded<WebhookReceived>[]> => {
    const all: Recorded<WebhookReceived>[] = [];
    for await (const recorded of log.readStream(stream, { direction: 'forwards' }))
      all.push(recorded as Recorded<WebhookReceived>);
    return all;
  };
  return { clock, store, keys, log, inbox, memory, kept };
};
