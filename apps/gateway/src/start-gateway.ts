import { createLocalIssuer } from '#access';
import { portOf, publicUrlOf, type Config, type Log } from '#edge';
import { SystemClock } from '#engine';
import { openPlatform, type Running } from '#platform';
import { createGateway } from './gateway.js';
import { tokensOf } from './tokens.js';

/** One of many: it answers, and follows the log for its own subscribers; workers do the rest. */
export const startGateway = async (config: Config, log: Log): Promise<Running> => {
  const duties = { tails: true, projects: false };
  const platform = await openPlatform(config, new SystemClock(), log, duties);
  const issuer = await createLocalIssuer({ ...config.auth, ...config, wallClock: Date.now });
  const gateway = await createGateway(platform, tokensOf(config, issuer));
  await gateway.app.listen(config.port, config.host);
  const port = portOf(gateway.app);
  return {
    greeting: [
      `Casement’s gateway is up at http://${config.host}:${port}`,
      `  clients reach it at  ${publicUrlOf(config, port)}`,
    ],
    drain: () => gateway.readiness.drain(),
    closers: [
      { name: 'gateway', close: () => gateway.close() },
      { name: 'platform', close: () => platform.close() },
    ],
  };
};
