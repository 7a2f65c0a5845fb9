import { Writable } from 'node:stream';
import { createLocalIssuer, createTokenVerifier } from '#access';
import { createLog, portOf, readConfig } from '#edge';
import { MovableClock, SystemClock } from '#engine';
import { openPlatform } from '#platform';
import { createGateway } from '../../apps/gateway/src/index.js';
import { appSecret } from './deliveries.js';

// The gateway as it ships, over the embedded log and its views. The followers are another process's.

const [, , directory = '.'] = process.argv;
const config = readConfig({
  CASEMENT_DATA_DIR: directory,
  PORT: '0',
  WHATSAPP_APP_SECRET: appSecret,
});
const quiet = createLog('fatal', new Writable({ write: (_, __, done) => done() }));
const clock = new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs: null });
const platform = await openPlatform(config, clock, quiet);
const issuer = await createLocalIssuer({ ...config.auth, ...config, wallClock: Date.now });
const { issuer: name, audience } = config.auth;
const tokens = createTokenVerifier({
  keys: issuer.keys,
  issuer: name,
  audience,
  wallClock: Date.now,
});
const gateway = await createGateway(platform, tokens);
await gateway.app.listen(0, '127.0.0.1');
console.log(portOf(gateway.app));
