import pg from 'pg';
import { clientConfig, keysSchema } from './connections.js';

const reopenDelayMsMin = 100;
const reopenDelayMsMax = 5_000;

export type Notices = {
  readonly close: () => Promise<void>;
};

/**
 * Listens on a channel on a connection of its own, which is opened again when it breaks. `missed` is
 * told whenever notices may have been missed: each time that it has begun to listen, and at its end.
 */
export const listenTo = (
  url: string,
  channel: string,
  told: { readonly notice: (payload: string) => void; readonly missed: () => void },
): Notices => {
  let client: pg.Client | null = null;
  let again: NodeJS.Timeout | null = null;
  let isClosed = false;
  let delayMs = reopenDelayMsMin;
  const open = async (): Promise<void> => {
    const opened = new pg.Client({ ...clientConfig(url, null), application_name: keysSchema });
    client = opened;
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      told.missed();
      void opened.end().catch(() => undefined);
      if (isClosed) return;
      again = setTimeout(() => void open(), delayMs);
      delayMs = Math.min(delayMs * 2, reopenDelayMsMax);
    };
    opened.on('error', over);
    opened.on('end', over);
    opened.on('notification', ({ payload }) => told.notice(payload ?? ''));
    try {
      await opened.connect();
      await opened.query(`LISTEN ${channel}`);
      delayMs = reopenDelayMsMin;
      told.missed();
    } catch {
      over();
    }
  };
  const opening = open();
  return {
    close: async () => {
      isClosed = true;
      if (again !== null) clearTimeout(again);
      await opening;
      await client?.end().catch(() => undefined);
    },
  };
};
