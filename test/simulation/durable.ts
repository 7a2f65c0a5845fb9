import type { EventStore, KeyRing } from '#event-store';
import { createMemoryEventStore, createMemoryKeyRing } from '#event-store';
import { MemoryFollowerStore } from '#engine/spec';
import type { FollowerStore } from '#view-store';
import type { Machine } from './machine/machine.js';
import type { Random } from './machine/random.js';
import { ViewTables } from './ports/views.js';

/** What outlives every process: the disk. */
export type Durable = {
  readonly store: EventStore;
  readonly keys: KeyRing;
  readonly followers: FollowerStore;
  readonly views: ViewTables;
};

export const durableOn = (machine: Machine, random: Random): Durable => ({
  store: createMemoryEventStore({ clock: () => machine.epochMs }),
  keys: createMemoryKeyRing((count) => random.bytes(count)),
  followers: new MemoryFollowerStore(() => machine.nowMs),
  views: new ViewTables(),
});
