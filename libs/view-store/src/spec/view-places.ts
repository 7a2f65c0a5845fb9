import { startPostgres, type PostgresServer } from '../../../../test/postgres/index.js';
import { viewsFile } from '../embedded/files.js';
import { EmbeddedViewStore } from '../embedded/view-store.js';
import type { ReadModel, ViewStore } from '../port.js';
import { openPostgresViews } from '../postgres/open.js';
import { withDirectory } from './temporary-directory.js';

/** Where views may stand. What holds of a projector holds in each of them. */
export type ViewPlace = {
  readonly name: string;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** An empty place of its own for `work`, which opens views there, as often as it likes. */
  readonly within: <T>(work: (open: OpenViewsOf) => Promise<T>) => Promise<T>;
};
type OpenViewsOf = (readModel: ReadModel) => Promise<ViewStore>;

/** Closes what `work` has opened. */
const closing = async <T>(
  open: OpenViewsOf,
  work: (open: OpenViewsOf) => Promise<T>,
): Promise<T> => {
  const opened: ViewStore[] = [];
  try {
    return await work(async (readModel) => {
      const views = await open(readModel);
      opened.push(views);
      return views;
    });
  } finally {
    await Promise.all(opened.map((views) => views.close()));
  }
};

const sqlite: ViewPlace = {
  name: 'SQLite',
  start: async () => undefined,
  stop: async () => undefined,
  within: (work) =>
    withDirectory((directory) =>
      closing(
        (readModel) =>
          EmbeddedViewStore.open({ file: viewsFile(directory), readModel, mode: 'live' }),
        work,
      ),
    ),
};

let server: PostgresServer | null = null;
const postgres: ViewPlace = {
  name: 'PostgreSQL',
  start: async () => {
    server = await startPostgres();
  },
  stop: async () => server?.stop(),
  within: async (work) => {
    const url = (await server?.createDatabase()) ?? '';
    return closing(async (readModel) => (await openPostgresViews({ url, readModel })).views, work);
  },
};

export const viewPlaces: readonly ViewPlace[] = [sqlite, postgres];
