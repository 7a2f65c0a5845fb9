import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asked } from '../../../test/postgres/databases.js';
import { startPostgres, type PostgresServer } from '../../../test/postgres/index.js';
import { clientConfig } from './connecting.js';
import { listenTo } from './listening.js';

describe('whoever listens to a channel', () => {
  let server: PostgresServer;
  let url: string;

  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
  });
  afterAll(() => server.stop());

  const heard = (begin: () => Promise<void>) => {
    const news = new EventEmitter<{ begun: []; ended: []; notice: [string] }>();
    const config = clientConfig('spec', {
      url,
      role: null,
      schema: 'public',
      statementMsMax: 1_000,
    });
    const { stop } = listenTo(config, 'spec', {
      notice: (payload) => news.emit('notice', payload),
      begun: async () => {
        await begin();
        news.emit('begun');
      },
      ended: () => news.emit('ended'),
    });
    return { news, stop };
  };

  it('hears what is told, is told that it hears no more, and begins again', async () => {
    const { news, stop } = heard(async () => undefined);
    await once(news, 'begun');
    for (const word of ['one', 'two']) {
      const notice = once(news, 'notice');
      await asked(url, `NOTIFY spec, '${word}'`);
      expect(await notice).toEqual([word]);
      const changes = [once(news, 'ended'), once(news, 'begun')];
      await server.terminateConnections();
      await Promise.all(changes);
    }
    const ended = once(news, 'ended');
    await stop();
    await ended;
  });

  it('begins again when what has to be done at the beginning fails', async () => {
    let begun = 0;
    const { news, stop } = heard(async () => {
      begun += 1;
      if (begun === 1) throw new Error('not yet');
    });
    await once(news, 'ended');
    await once(news, 'begun');
    await stop();
    expect(begun).toBe(2);
  });
});
