import type { Request } from '../verb.js';
import { directoryPlace } from './directory.js';
import type { Place } from './place.js';

/** Whether a verb is to look at stores that the environment names, instead of a directory. */
export const isElsewhere = ({ environment }: Pick<Request, 'environment'>): boolean =>
  (environment['CASEMENT_VIEW_STORE'] || 'embedded') !== 'embedded';

/** Clients of servers are loaded by need: listing what is parked in a directory takes no second. */
export const placeOf = async (request: Request): Promise<Place> => {
  if (!isElsewhere(request)) return directoryPlace(request);
  const { serversPlace } = await import('./servers.js');
  return serversPlace(request);
};
