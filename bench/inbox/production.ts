import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Environment } from '../../test/harness/process.js';

/** What no start outside the simulator goes without. */
export const secrets: Environment = {
  HOST: '127.0.0.1',
  CASEMENT_KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  WHATSAPP_ACCESS_TOKEN: randomBytes(16).toString('hex'),
  WHATSAPP_APP_SECRET: randomBytes(16).toString('hex'),
  WHATSAPP_VERIFY_TOKEN: randomBytes(16).toString('hex'),
};

/**
 * As an operator runs it: without the simulator, and with libraries that look at NODE_ENV as they are
 * in production. The tokens are the demo's, whose keys are now an identity provider's.
 */
export const inProduction = (keysUrl: string): Environment => ({
  ...secrets,
  NODE_ENV: 'production',
  CASEMENT_PUBLIC_URL: 'https://casement.example',
  CASEMENT_AUTH_JWKS_URL: keysUrl,
  CASEMENT_AUTH_ISSUER: 'casement:local',
  CASEMENT_AUTH_AUDIENCE: 'casement',
});

/** Publishes the keys of the demo's tokens, as an identity provider does. */
export const serveKeys = async (dataDirectory: string) => {
  const text = await readFile(join(dataDirectory, 'issuer.json'), 'utf8');
  const { publicKey } = JSON.parse(text) as { readonly publicKey: object };
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [publicKey] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/jwks`, close: () => void server.close() };
};
