import { describe, expect, it } from '@jest/globals';
import {
  BadConfiguration,
  configOrExit,
  originsOf,
  portalUrlOf,
  publicUrlOf,
  readConfig,
  readSharedConfig,
} from './config.js';
import type { Environment } from './config.js';
import { VARIABLES, variablesTable } from './variables.js';

const problemsOf = (environment: Environment): readonly string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof BadConfiguration) return error.problems;
    throw error;
  }
};

const production: Environment = {
  NODE_ENV: 'production',
  CASEMENT_PUBLIC_URL: 'https://casement.example',
  CASEMENT_AUTH_JWKS_URL: 'https://login.example/jwks',
  CASEMENT_AUTH_ISSUER: 'https://login.example',
  CASEMENT_AUTH_AUDIENCE: 'casement',
  CASEMENT_KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  WHATSAPP_ACCESS_TOKEN: 'EAAkingfisher0and0otter',
  WHATSAPP_APP_SECRET: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  WHATSAPP_VERIFY_TOKEN: 'kingfisher-and-otter',
};

/** What no start outside the simulator goes without. */
const secretsOfOurOwn = [
  'CASEMENT_KEY_ENCRYPTION_KEY',
  'WHATSAPP_ACCESS_TOKEN',
  'WHATSAPP_APP_SECRET',
  'WHATSAPP_VERIFY_TOKEN',
];

describe('the configuration', () => {
  it('has a default for everything in the embedded case', () => {
    const config = readConfig({});
    expect(config).toMatchObject({ host: '127.0.0.1', port: 3000, isSimulated: true });
    expect(config.keyEncryptionKey).toHaveLength(32);
    expect(config.whatsapp.graphUrl).toBeNull();
    expect(publicUrlOf(config, 4321)).toBe('http://localhost:4321');
  });

  it('takes a blank variable for an unset one', () => {
    expect(readConfig({ PORT: '', WHATSAPP_APP_SECRET: '' }).port).toBe(3000);
  });

  it('accepts a production with its own secrets, and is not simulated there', () => {
    const config = readConfig(production);
    expect(config).toMatchObject({ isSimulated: false, isProduction: true, host: '0.0.0.0' });
    expect(config.whatsapp.graphUrl).toBe('https://graph.facebook.com');
    expect(publicUrlOf(config, 3000)).toBe('https://casement.example');
  });

  it('names every problem at once, one line each, with what would be right', () => {
    const problems = problemsOf({
      PORT: 'abc',
      CASEMENT_EVENT_STORE: 'esdb://localhost',
      CASEMENT_PUBLIC_URL: 'https://casement.example/inbox',
      CASEMENT_SIMULATOR: 'yes',
      WHATSAPP_GRAPH_URL: 'http://graph.example',
    });
    expect(problems).toHaveLength(5 + secretsOfOurOwn.length);
    expect(problems[0]).toBe('PORT: "abc" is no port. Set a whole number from 0 to 65535.');
    expect(problems.every((line) => /^[A-Z_]+: .+\.$/.test(line) && !line.includes('\n'))).toBe(
      true,
    );
  });

  it.each([
    ['PORT', '65535', '65536'],
    ['WHATSAPP_APP_SECRET', 'x'.repeat(16), 'x'.repeat(15)],
    ['CASEMENT_KEY_ENCRYPTION_KEY', 'ab'.repeat(32), 'ab'.repeat(31)],
    ['CASEMENT_EVENT_STORE', 'esdb://localhost:2113?tls=false', 'http://localhost:2113'],
    ['CASEMENT_EVENT_STORE', 'esdb+discover://a:1,b:2', 'esdb://'],
    ['CASEMENT_EVENT_STORE', 'kurrentdb://admin:x@log:65535', 'esdb://admin:x@'],
    ['CASEMENT_EVENT_STORE', 'esdb://log?keepAliveInterval=1', 'esdb://log:65536'],
    ['CASEMENT_EVENT_STORE', 'esdb://a,b:2113/?tls=true', 'esdb://a?tls=maybe'],
    ['CASEMENT_VIEW_STORE', 'postgres://user:a%20word@localhost/casement', 'postgres://u:x@:x/y'],
    ['CASEMENT_VIEW_STORE', 'postgres://localhost:5432/casement', 'postgres://u:x%ZZ@localhost/y'],
    ['CASEMENT_VIEW_STORE', 'embedded', 'postgres://localhost'],
    [
      'CASEMENT_VIEW_STORE',
      'postgres://user:word@localhost/casement',
      'mysql://localhost/casement',
    ],
    ['CASEMENT_PARTITIONS', '64', '65'],
    ['CASEMENT_PARTITIONS', '1', '0'],
    ['CASEMENT_AUTH_JWKS_URL', 'http://localhost/jwks', 'http://login.example/jwks'],
    ['WHATSAPP_GRAPH_VERSION', 'v25.0', '25'],
    ['TWILIO_API_URL', 'http://127.0.0.1:4010', 'http://twilio.example'],
    ['TWILIO_ACCOUNT_SID', `AC${'0a'.repeat(16)}`, `AC${'0a'.repeat(16)}b`],
    ['TWILIO_AUTH_TOKEN', 'x'.repeat(16), 'x'.repeat(15)],
    ['TWILIO_AUTH_TOKEN_PREVIOUS', 'x'.repeat(16), 'x'.repeat(15)],
    ['CASEMENT_PORTAL_URL', 'http://localhost:3000/p', 'http://casement.example/p'],
    ['CASEMENT_PORTAL_URL', 'https://acme.example', 'https://acme.example/?p='],
    ['CASEMENT_PORTAL_URL', 'https://acme.example/a_b/', 'https://acme.example/~a'],
    ['CASEMENT_PORTAL_URL', `https://${'a'.repeat(60)}/`, `https://${'a'.repeat(61)}`],
    ['LOG_LEVEL', 'debug', 'loud'],
    ['NODE_ENV', 'test', 'staging'],
  ])('draws the line for %s', (name, right, wrong) => {
    const mine = (value: string) => problemsOf({ [name]: value }).filter((p) => p.startsWith(name));
    expect(mine(right)).toEqual([]);
    expect(mine(wrong)).toHaveLength(1);
  });

  it('takes the log and the views both from elsewhere, or neither, and never shows where', () => {
    const event = { CASEMENT_EVENT_STORE: 'esdb://admin:changeit@log:2113' };
    const view = { CASEMENT_VIEW_STORE: 'postgres://casement:word@database/casement' };
    expect(readConfig({}).stores).toBeNull();
    expect(readConfig({ ...production, ...event, ...view }).stores).toEqual({
      eventStore: event.CASEMENT_EVENT_STORE,
      viewStore: view.CASEMENT_VIEW_STORE,
    });
    expect(problemsOf({ ...production, ...view })).toEqual([
      'CASEMENT_EVENT_STORE: is embedded, and CASEMENT_VIEW_STORE is not. Set both, or neither.',
    ]);
    const [wrong] = problemsOf({ CASEMENT_VIEW_STORE: 'mysql://casement:word@database' });
    expect(wrong).toMatch(/^CASEMENT_VIEW_STORE: the value \(not shown\) is no address\./);
  });

  it('is not simulated on stores that others may share, unless it is told to be', () => {
    const elsewhere = {
      CASEMENT_EVENT_STORE: 'esdb://log:2113',
      CASEMENT_VIEW_STORE: 'postgres://database/casement',
    };
    expect(problemsOf(elsewhere)).toHaveLength(secretsOfOurOwn.length);
    expect(readConfig({ ...elsewhere, CASEMENT_SIMULATOR: 'on' }).isSimulated).toBe(true);
  });

  it('refuses what a process that is one of many cannot share', () => {
    const shared = {
      ...production,
      CASEMENT_EVENT_STORE: 'esdb://log:2113',
      CASEMENT_VIEW_STORE: 'postgres://database/casement',
    };
    expect(readSharedConfig(shared)).toEqual(readConfig(shared));
    expect(() => readSharedConfig({})).toThrow(
      expect.objectContaining({
        problems: [
          expect.stringMatching(/^CASEMENT_EVENT_STORE: is embedded/),
          expect.stringMatching(/^CASEMENT_VIEW_STORE: is embedded/),
          expect.stringMatching(/^CASEMENT_SIMULATOR: is on/),
          expect.stringMatching(/^CASEMENT_PUBLIC_URL: is missing/),
        ],
      }),
    );
  });

  it('S38: refuses a missing, default or well-known secret outside the simulator', () => {
    for (const name of secretsOfOurOwn.filter((secret) => secret.startsWith('WHATSAPP_'))) {
      expect(problemsOf({ ...production, [name]: undefined })).toEqual([
        `${name}: is missing. Set it; only the simulator has a default.`,
      ]);
      expect(problemsOf({ ...production, [name]: 'changeme-changeme' })).toHaveLength(1);
    }
    const byDefault = readConfig({}).keyEncryptionKey.toString('base64');
    const problems = problemsOf({ ...production, CASEMENT_KEY_ENCRYPTION_KEY: byDefault });
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain(byDefault);
  });

  const twilio = {
    TWILIO_ACCOUNT_SID: `AC${'0a'.repeat(16)}`,
    TWILIO_AUTH_TOKEN: 'kingfisher-and-otter',
  };

  it('simulates SMS, and has none elsewhere until Twilio’s account is given', () => {
    expect(readConfig({}).sms).toEqual({
      apiUrl: null,
      accountSid: expect.stringMatching(/^AC[0-9a-f]{32}$/),
      authToken: expect.stringMatching(/^.{16,}$/),
      authTokenPrevious: null,
    });
    expect(readConfig(production).sms).toBeNull();
    expect(readConfig({ ...production, ...twilio }).sms).toEqual({
      apiUrl: 'https://api.twilio.com',
      accountSid: twilio.TWILIO_ACCOUNT_SID,
      authToken: twilio.TWILIO_AUTH_TOKEN,
      authTokenPrevious: null,
    });
    const TWILIO_AUTH_TOKEN_PREVIOUS = 'heron-and-dipper';
    const rotating = readConfig({ ...production, ...twilio, TWILIO_AUTH_TOKEN_PREVIOUS });
    expect(rotating.sms?.authTokenPrevious).toBe(TWILIO_AUTH_TOKEN_PREVIOUS);
  });

  it('S38: refuses half of Twilio’s account, and a well-known token', () => {
    for (const name of ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'])
      expect(problemsOf({ ...production, ...twilio, [name]: undefined })).toEqual([
        `${name}: is missing. Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or neither.`,
      ]);
    const TWILIO_AUTH_TOKEN = readConfig({}).sms?.authToken;
    expect(problemsOf({ ...production, ...twilio, TWILIO_AUTH_TOKEN })).toHaveLength(1);
    expect(problemsOf({ TWILIO_ACCOUNT_SID: twilio.TWILIO_ACCOUNT_SID })).toEqual([]);
  });

  it('R080: knows where the portal is: where it is told, or below the public URL', () => {
    expect(portalUrlOf(readConfig({}), 4321)).toBe('http://localhost:4321/p');
    expect(portalUrlOf(readConfig(production), 3000)).toBe('https://casement.example/p');
    const told = readConfig({ ...production, CASEMENT_PORTAL_URL: 'https://acme.example/p/' });
    expect(portalUrlOf(told, 3000)).toBe('https://acme.example/p');
  });

  it('R080: asks for a portal that fits into an SMS when the public URL does not', () => {
    const publicUrl = (characters: number) => ({
      ...production,
      CASEMENT_PUBLIC_URL: `https://${'a'.repeat(characters)}`,
    });
    expect(problemsOf({ ...publicUrl(58), ...twilio })).toEqual([]);
    expect(problemsOf(publicUrl(59))).toEqual([]);
    const [problem, ...others] = problemsOf({ ...publicUrl(59), ...twilio });
    expect(problem).toMatch(/^CASEMENT_PORTAL_URL: .*at most 60 characters/);
    expect(others).toEqual([]);
    const CASEMENT_PORTAL_URL = 'https://acme.example/p';
    expect(problemsOf({ ...publicUrl(59), ...twilio, CASEMENT_PORTAL_URL })).toEqual([]);
  });

  it('never shows a secret, and quotes what it shows', () => {
    const [secret] = problemsOf({ WHATSAPP_APP_SECRET: 'hunter2' });
    expect(secret).not.toContain('hunter2');
    const [forged] = problemsOf({ PORT: '1\nPORT: fine' });
    expect(forged).toContain('"1\\nPORT: fine"');
  });

  it('refuses the simulator in production, said or by default', () => {
    expect(problemsOf({ ...production, CASEMENT_SIMULATOR: 'on' })).toHaveLength(1);
    expect(problemsOf({ NODE_ENV: 'production' }).join()).toContain('CASEMENT_SIMULATOR');
  });

  it('takes a failpoint only with the simulator, and only one that there is', () => {
    const CASEMENT_FAILPOINTS = 'whatsapp.call.after@2';
    const failpoint = { name: 'whatsapp.call.after', passing: 2 };
    expect(readConfig({ CASEMENT_FAILPOINTS })).toMatchObject({ failpoint });
    expect(readConfig({})).toMatchObject({ failpoint: null });
    for (const outside of [production, { ...production, NODE_ENV: undefined }])
      expect(problemsOf({ ...outside, CASEMENT_FAILPOINTS })).toEqual([
        expect.stringMatching(/^CASEMENT_FAILPOINTS: .+ only the simulator may/),
      ]);
    for (const wrong of ['whatsapp.call.after', 'whatsapp.call.after@0', 'whatsapp.call@1'])
      expect(problemsOf({ CASEMENT_FAILPOINTS: wrong }).join()).toContain('is no failpoint');
  });

  it('asks for issuer and audience with a JWKS URL, and switches the simulator off', () => {
    const given = { ...production, NODE_ENV: undefined, CASEMENT_AUTH_ISSUER: undefined };
    expect(problemsOf(given)).toEqual([
      'CASEMENT_AUTH_ISSUER: is missing. Set it as your identity provider writes it into tokens.',
    ]);
    expect(readConfig({ ...production, NODE_ENV: undefined }).isSimulated).toBe(false);
  });

  it('S38: ends a bad start with exit code 78 and its lines', () => {
    const written: string[] = [];
    const exit = (code: number): never => {
      throw new Error(`exit ${code}`);
    };
    const start = () =>
      configOrExit({ PORT: 'x' }, { write: (line) => void written.push(line), exit });
    expect(start).toThrow('exit 78');
    expect(written).toEqual(['PORT: "x" is no port. Set a whole number from 0 to 65535.\n']);
  });

  it('S14: lets pages of this machine connect only while it is simulated', () => {
    expect([...originsOf(readConfig(production), 3000)]).toEqual(['https://casement.example']);
    expect([...originsOf(readConfig({}), 3000)]).toEqual([
      'http://localhost:3000',
      'http://127.0.0.1:3000',
    ]);
  });

  it('writes a row of the README for every variable', () => {
    const rows = variablesTable().split('\n').slice(2);
    expect(rows).toHaveLength(VARIABLES.length);
    expect(rows.every((row) => row.split('|').every((cell, i) => cell !== '' || i % 4 === 0))).toBe(
      true,
    );
  });
});
