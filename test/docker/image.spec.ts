import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Process, type App } from '../harness/process.js';
import { read } from '../repository.js';
import { casementImage, servicesOf } from './compose-file.js';
import { imageEnvironment, words } from './dockerfile.js';
import { assemble } from './image.js';

describe('what the image holds', () => {
  let directory: string;
  let program: string;
  const launched: Process[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'casement-image-'));
    program = join(directory, 'app');
    await assemble(program);
  });
  afterAll(async () => {
    for (const running of launched) await running.end('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });

  const [, service] =
    servicesOf('docker/compose.yaml').find(([, { image }]) => image === casementImage) ?? [];
  /** As the container has it, but on any free port. */
  const environment = {
    ...imageEnvironment,
    ...service?.environment,
    HOST: '127.0.0.1',
    PORT: '0',
    CASEMENT_PUBLIC_URL: '',
  };
  const launch = (app: App): Process => {
    const dataDirectory = join(directory, 'data');
    const given = { ...environment, CASEMENT_DATA_DIR: dataDirectory };
    const launching = { dataDirectory, environment: given, fileKiBMax: null, program, app };
    const running = Process.launch(launching);
    launched.push(running);
    return running;
  };
  const inside = (path: string): string => path.replace(/^\/app\//, `${program}/`);
  const exitCode = async (args: readonly string[], port = ''): Promise<unknown> => {
    const env = { ...environment, CASEMENT_DATA_DIR: join(directory, 'data'), PORT: port };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const [code]: readonly unknown[] = await once(child, 'exit');
    return code;
  };

  it('is enough to run everything in one process: it is healthy, ready, and ends at SIGTERM', async () => {
    const running = launch('casement');
    const { port } = new URL(await running.up());
    const [, ...question] = words('HEALTHCHECK').map(inside);
    expect(await exitCode(question, port)).toBe(0);
    expect(await exitCode([...question, 'ready'], port)).toBe(0);
    const { code, stderr } = await running.end('SIGTERM');
    expect([code, stderr.includes('"level":"error"')]).toEqual([0, false]);
    expect(await exitCode(question, port)).toBe(1);
  });

  it.each(['gateway', 'worker'] as const)(
    'is enough for a %s, which says what it lacks',
    async (app) => {
      const { code, stderr } = await launch(app).ended;
      expect([code, stderr]).toEqual([
        78,
        expect.stringContaining('CASEMENT_EVENT_STORE: is embedded'),
      ]);
    },
  );

  it('is enough for the command line', async () => {
    const [, main = ''] =
      /exec node --enable-source-maps (\S+) "\$@"$/m.exec(read('docker/casement')) ?? [];
    expect(await exitCode([inside(main), '--help'])).toBe(0);
  });
});
