import type { ServerResponse } from 'node:http';
import { limits } from './limits.js';

/** Pages that want to know when something changed: server-sent events without content. */
export type Watchers = {
  /** False when there are too many. */
  readonly add: (response: ServerResponse) => boolean;
  readonly changed: () => void;
  readonly close: () => void;
};

const GATHER_MS = 100;

export const createWatchers = (): Watchers => {
  const open = new Set<ServerResponse>();
  let gathering: NodeJS.Timeout | null = null;
  const tell = (): void => {
    gathering = null;
    // A page that does not read is cut off; it will come back by itself.
    for (const response of open) if (!response.write('data: changed\n\n')) response.destroy();
  };
  return {
    add: (response) => {
      if (open.size >= limits.watchersMax) return false;
      open.add(response);
      response.on('close', () => open.delete(response));
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      response.write('retry: 2000\n\n');
      return true;
    },
    changed: () => {
      gathering ??= setTimeout(tell, GATHER_MS).unref();
    },
    close: () => {
      if (gathering !== null) clearTimeout(gathering);
      for (const response of open) response.end();
    },
  };
};
