import { describe, expect, it } from '@jest/globals';
import { VARIABLES, readConfig, readSharedConfig } from '#edge';
import {
  askedFor,
  casementImage,
  composed,
  composePaths,
  example,
  filled,
  secretNames,
  type Service,
  type Texts,
} from './compose-file.js';
import { imageEnvironment } from './dockerfile.js';

const [single, distributed] = composePaths;
const known = new Set(VARIABLES.map(({ name }) => name));

/** The services of this image, with what a process of each finds in its environment. */
const processes = (
  path: string,
  variables: Texts = filled,
): readonly (readonly [string, Texts])[] =>
  Object.entries(composed(path, variables).services)
    .filter(([, { image }]: readonly [string, Service]) => image === casementImage)
    .map(([name, { environment }]) => [name, { ...imageEnvironment, ...environment }]);

describe('the environment of the containers', () => {
  it.each(composePaths)('%s sets no variable that Casement does not read', (path) => {
    for (const [, environment] of processes(path))
      expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
    const given = Object.values(composed(path).services).flatMap(({ environment = {} }) =>
      Object.keys(environment),
    );
    const named = given.filter((name) => /^(?:CASEMENT|WHATSAPP|TWILIO)_/.test(name));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('is enough for everything in one process, with the simulator', () => {
    const [[, environment] = []] = processes(single);
    const config = readConfig(environment ?? {});
    expect(config).toMatchObject({ isSimulated: true, host: '0.0.0.0', stores: null });
    expect([...askedFor(single)]).toEqual([]);
  });

  it('is enough for each of many processes, in production, when the example is filled in', () => {
    const all = processes(distributed);
    expect(all).toHaveLength(4);
    for (const [, environment] of all) {
      const config = readSharedConfig(environment);
      expect(config).toMatchObject({ isSimulated: false, isProduction: true, host: '0.0.0.0' });
      expect(config.stores?.viewStore).toMatch(
        /^postgres:\/\/casement:\w{48}@postgres:5432\/casement$/,
      );
      expect(config.sms).not.toBeNull();
    }
  });

  it('may leave out what is optional', () => {
    const optional = ['CASEMENT_PORTAL_URL', 'LOG_LEVEL', 'BIND_ADDRESS'];
    const left = Object.entries(filled).filter(
      ([name]) => !/_PREVIOUS$|^TWILIO_/.test(name) && !optional.includes(name),
    );
    for (const [, environment] of processes(distributed, Object.fromEntries(left)))
      expect(readSharedConfig(environment).sms).toBeNull();
  });

  it('is the same for all processes, so that each could do the work of the other', () => {
    const [[, first] = [], ...others] = processes(distributed);
    for (const [, other] of others) expect(other).toEqual(first);
  });
});

describe('docker/.env.example', () => {
  it('names what compose.distributed.yaml asks for, and nothing else', () => {
    expect(Object.keys(example).toSorted()).toEqual([...askedFor(distributed)].toSorted());
  });

  it('holds no secret, and starts nothing as it is', () => {
    const given = Object.entries(example).filter(([, value]) => value !== '');
    expect(given.filter(([name]) => secretNames.includes(name))).toEqual([]);
    expect(() => composed(distributed, example)).toThrow('is missing: set it in .env');
  });

  it.each(secretNames.filter((name) => name.endsWith('TOKEN') || name.endsWith('SECRET')))(
    'does not get by with a well-known %s',
    (name) => {
      const [[, environment] = []] = processes(distributed, {
        ...filled,
        [name]: 'changeme-changeme',
      });
      expect(() => readSharedConfig(environment ?? {})).toThrow(`${name}: is a well-known value`);
    },
  );
});
