import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const againAfterMsMin = 50;
const againAfterMsMax = 5_000;

export type Heard = {
  readonly notice: (payload: string) => void;
  /** Listens from now on, perhaps again: what came before was missed. */
  readonly begun: () => Promise<void>;
  /** Does not listen from now on, or could not begin. */
  readonly ended: () => void;
};

export type Listening = {
  readonly stop: () => Promise<void>;
};

/** Hears a channel on a connection of its own, which is made anew when it is lost. */
export const listenTo = (config: pg.ClientConfig, channel: string, heard: Heard): Listening => {
  const stopped = new AbortController();
  const { signal } = stopped;
  const listen = async (): Promise<void> => {
    const client = new pg.Client(config);
    let leave = (): void => undefined;
    const lost = new Promise<void>((resolve) => {
      leave = resolve;
      client.once('end', resolve);
      client.on('error', () => resolve());
    });
    signal.addEventListener('abort', leave, { once: true });
    client.on('notification', ({ payload = '' }) => heard.notice(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      await heard.begun();
      await lost;
    } finally {
      heard.ended();
      signal.removeEventListener('abort', leave);
      await client.end().catch(() => undefined);
    }
  };
  const run = async (): Promise<void> => {
    let againAfterMs = againAfterMsMin;
    while (!signal.aborted) {
      const startedAt = performance.now();
      // Nobody is told why: who hears nothing looks for himself meanwhile.
      await listen().catch(() => undefined);
      if (performance.now() - startedAt > againAfterMsMax) againAfterMs = againAfterMsMin;
      // Aborting ends the pause early, by a rejection that says nothing new.
      await pause(againAfterMs, null, { signal }).catch(() => undefined);
      againAfterMs = Math.min(againAfterMs * 2, againAfterMsMax);
    }
  };
  const over = run();
  return {
    stop: () => {
      stopped.abort();
      return over;
    },
  };
};
