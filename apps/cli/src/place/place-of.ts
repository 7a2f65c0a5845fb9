import type { Request } from '../verb.js';
import { directoryPlace } from './directory.js';
import { isElsewhere } from './elsewhere.js';
import type { Place } from './place.js';

/** Clients of servers are loaded by need: listing what is parked in a directory takes no second. */
export const placeOf = async (request: Request): Promise<Place> => {
  if (!isElsewhere(request)) return directoryPlace(request);
  const { serversPlace } = await import('./servers.js');
  return serversPlace(request);
};
