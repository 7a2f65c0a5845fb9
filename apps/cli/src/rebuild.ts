import { isElsewhere } from './place/elsewhere.js';
import type { Run } from './verb.js';

/** Builds the views anew, wherever they are; with `--check` only compares. Code is loaded by need. */
export const rebuildViews: Run = async (request, terminal) => {
  const rebuild = isElsewhere(request)
    ? (await import('./rebuild/on-servers.js')).rebuildOnServers
    : (await import('./rebuild/in-directory.js')).rebuildInDirectory;
  return rebuild(request, terminal);
};
