import { describe, expect, it } from '@jest/globals';
import { validate } from 'dockerfile-utils';
import { files, read } from '../repository.js';
import {
  copiedSources,
  dockerfileText,
  imageEnvironment,
  inImage,
  isIgnored,
  stages,
  words,
} from './dockerfile.js';

const told = (text: string): readonly string[] =>
  validate(text).map(
    ({ range, message }) => `line ${range.start.line + 1}: ${JSON.stringify(message)}`,
  );

describe('docker/Dockerfile', () => {
  it('is one by its linter, which tells what is none', () => {
    expect(told(dockerfileText)).toEqual([]);
    expect(told(dockerfileText.replace('USER 1000:1000', 'USER'))).toEqual([
      expect.stringMatching(/^line \d+: "Instruction has no arguments"$/),
    ]);
  });

  it('stands on the Node that the tests run on, by its exact version', () => {
    const bases = new Set(stages.map(({ base }) => base));
    for (const { name } of stages) bases.delete(name);
    expect([...bases]).toEqual([`node:${read('.nvmrc').trim().replace(/^v/, '')}-bookworm-slim`]);
  });

  it('copies what is there, and nothing that is kept out of the build', () => {
    expect(copiedSources.length).toBeGreaterThan(5);
    for (const source of copiedSources) {
      const inside = files.filter((file) => file === source || file.startsWith(source));
      expect([source, inside.some((file) => !isIgnored(file))]).toEqual([source, true]);
    }
  });

  it('is built from sources without tests, data, secrets and other rooms', () => {
    const entering = files.filter((file) => !isIgnored(file));
    expect(entering.filter((file) => /\.spec\.|\/spec\/|\/golden\//.test(file))).toEqual([]);
    const outside = ['test/repository.ts', '.git/HEAD', '.env', 'docker/.env', 'data/log.db'];
    expect(outside.filter((file) => !isIgnored(file))).toEqual([]);
    const copied = (file: string) => copiedSources.some((source) => file.startsWith(source));
    expect(entering.filter((file) => !copied(file))).toEqual([]);
  });

  it('takes its packages from an installation of production packages alone', () => {
    const modules = inImage('COPY').find(({ text }) => text.includes('node_modules'));
    const stage = stages.find(({ name }) => name === modules?.flags['from']);
    expect(stage?.instructions.find(({ keyword }) => keyword === 'RUN')?.text).toMatch(
      /^npm ci --omit=dev --ignore-scripts\b/,
    );
  });

  it('runs as somebody who is not root, told by number', () => {
    expect(inImage('USER').map(({ text }) => text)).toEqual(['1000:1000']);
    expect(inImage('COPY').filter(({ flags }) => 'chown' in flags)).toEqual([]);
  });

  it('has Node as its process, which hears SIGTERM itself', () => {
    expect(words('ENTRYPOINT')).toEqual(['node', '--enable-source-maps']);
    expect(inImage('STOPSIGNAL').map(({ text }) => text)).toEqual(['SIGTERM']);
  });

  it('is asked for its health by Node, within the time that the question has', () => {
    const [check] = inImage('HEALTHCHECK');
    expect(words('HEALTHCHECK')).toEqual(['node', '/app/docker/health.mjs']);
    const [, ms = ''] = /answerMsMax = ([\d_]+)/.exec(read('docker/health.mjs')) ?? [];
    expect(Number(ms.replaceAll('_', ''))).toBeLessThan(
      Number(check?.flags['timeout']?.replace(/s$/, '')) * 1_000,
    );
  });

  it('keeps its data in a volume that belongs to its user, and listens on the port that it shows', () => {
    const directory = imageEnvironment['CASEMENT_DATA_DIR'] ?? '';
    expect(inImage('VOLUME').map(({ text }) => text)).toEqual([directory]);
    expect(inImage('RUN').at(-1)?.text).toMatch(
      new RegExp(`install --directory --owner=node --group=node --mode=0700 ${directory}$`),
    );
    expect(inImage('EXPOSE').map(({ text }) => text)).toEqual([imageEnvironment['PORT']]);
    expect(imageEnvironment).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0' });
  });
});
