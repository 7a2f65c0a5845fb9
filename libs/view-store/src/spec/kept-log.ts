import type { EventLog } from '#event-store';
import { sampleHistory, sampleLog } from './sample-history.js';

/** The same log in every process that asks: the history of a child can be told by its parent. */
export const keptLog = async (length: number, notes: number): Promise<EventLog> => {
  const { log, record } = sampleLog();
  await record(sampleHistory(length, notes));
  return log;
};

/** Long enough that a kill falls in its middle, short enough for a dozen of them. */
export const keptLength = 6_000;
export const keptNotes = 400;
