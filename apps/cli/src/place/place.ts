import type { EventStore, KeyRing } from '#event-store';
import type { FollowersAsked, FollowersBeside } from '#view-store';
import type { Request } from '../verb.js';
import { directoryPlace } from './directory.js';

/** The log as a verb reads it, beside whoever writes. */
export type LogBeside = {
  readonly store: EventStore;
  readonly keys: KeyRing;
  /** Of the log: positions of another epoch mean nothing here. */
  readonly epoch: string;
  readonly close: () => Promise<void>;
};

/** Where an engine keeps what it knows: a directory of its own, or stores that many share. */
export type Place = {
  /** What a person would call it, after "in". */
  readonly name: string;
  /** What mends it when nothing is found there. */
  readonly otherwise: string;
  /** Null when there is none. `clock` serves the streams' age alone. */
  readonly openLog: (clock?: () => number) => Promise<LogBeside | null>;
  /** What the followers remember; null when none has run there. */
  readonly openFollowers: () => Promise<FollowersBeside | null>;
  /** The same, for whoever wants something of them. */
  readonly openFollowersToAsk: () => Promise<FollowersAsked | null>;
  /** Whether an engine is at work there. */
  readonly isRunning: () => Promise<boolean>;
};

/** Whether a verb is to look at stores that the environment names, instead of a directory. */
export const isElsewhere = ({ environment }: Pick<Request, 'environment'>): boolean =>
  (environment['CASEMENT_VIEW_STORE'] || 'embedded') !== 'embedded';

/** Clients of servers are loaded by need: listing what is parked in a directory takes no second. */
export const placeOf = async (request: Request): Promise<Place> => {
  if (!isElsewhere(request)) return directoryPlace(request);
  const { serversPlace } = await import('./servers.js');
  return serversPlace(request);
};
