import { pastReads } from '../views/past-reads.js';

/** Reads of a past in which nothing had been said. */
export const nothingRead = pastReads([], [], async () => ({ conversations: [], messages: [] }));
