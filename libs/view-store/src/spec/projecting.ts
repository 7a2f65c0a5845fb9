import { expect } from '@jest/globals';
import type { EventLog } from '#event-store';
import { compare, digest } from '../digest.js';
import { openEmbeddedViews } from '../embedded/open.js';
import type { ViewStore } from '../port.js';
import { Projector } from '../projector.js';
import { sampleReadModel as readModel } from './sample-history.js';

const longMs = 30_000;

/** A projector of the sample's views under way, and the faults that it tells of. */
export const projecting = (log: EventLog, views: ViewStore) => {
  const faults: unknown[] = [];
  const onFault = (error: unknown) => void faults.push(error);
  const onParked = () => undefined;
  const projector = new Projector({ log, views, readModel, onParked, onFault });
  projector.start();
  return { projector, faults };
};

/** Waits until the views show the whole log. */
export const expectWhole = async (log: EventLog, views: ViewStore): Promise<void> => {
  const head = await log.head();
  expect(head !== null && (await views.reached(head, longMs))).toBe(true);
};

/** The same, and compares them with those that SQLite makes of it. */
export const expectSame = async (
  log: EventLog,
  views: ViewStore,
  directory: string,
): Promise<void> => {
  await expectWhole(log, views);
  const embedded = await openEmbeddedViews({ directory, readModel });
  const { projector, faults } = projecting(log, embedded.views);
  await projector.caughtUp();
  await projector.stop();
  expect(faults).toEqual([]);
  expect(await compare(embedded.views.all, views.all, readModel)).toBeNull();
  expect(await digest(views.all, readModel)).toEqual(await digest(embedded.views.all, readModel));
  expect(views.position()).toBe(embedded.views.position());
  await embedded.close();
};
