import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalIssuer } from '#access';
import type { Config } from '#edge';
import { acmeMotors, otherOrganisation } from './demo.js';

const tokenSeconds = 30 * 24 * 60 * 60;
const ownerOnly = 0o600;

/** Writes everything that a client of the demo needs to `<data directory>/demo.json`. */
export const writeDemoFile = async (
  config: Config,
  issuer: LocalIssuer,
  url: string,
): Promise<string> => {
  const token = (org: string, sub: string) =>
    issuer.issue({ org, sub, expiresInSeconds: tokenSeconds });
  const tokens: { [name: string]: string } = {};
  for (const { id } of acmeMotors.members) tokens[id] = await token(acmeMotors.id, id);
  tokens['otherOrganisation'] = await token(otherOrganisation.id, 'agent');
  const file = join(config.dataDirectory, 'demo.json');
  const demo = {
    url,
    graphqlUrl: `${url}/graphql`,
    graphqlWsUrl: `${url.replace(/^http/, 'ws')}/graphql`,
    simulatorUrl: `${url}/simulator`,
    organisationId: acmeMotors.id,
    tokens,
    number: acmeMotors.number,
    smsNumber: acmeMotors.smsNumber,
    appSecret: config.whatsapp.appSecret,
    verifyToken: config.whatsapp.verifyToken,
    twilioAccountSid: config.sms?.accountSid ?? null,
    twilioAuthToken: config.sms?.authToken ?? null,
  };
  // Beside it first: a reader never finds half of it.
  await writeFile(`${file}.new`, `${JSON.stringify(demo, null, 2)}\n`, { mode: ownerOnly });
  await rename(`${file}.new`, file);
  return file;
};
