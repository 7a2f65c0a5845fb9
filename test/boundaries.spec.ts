import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cases, surroundings } from './boundaries.cases.js';
import { root } from './repository.js';

type Violation = { readonly from: string; readonly to: string; readonly rule: { name: string } };
type Report = { readonly summary: { readonly violations: readonly Violation[] } };
type Config = { readonly forbidden: readonly { name: string; comment?: string }[] };

const config = join(root, '.dependency-cruiser.mjs');
const installed = [
  '@nestjs/common',
  '@jest/globals',
  'immutable',
  'libsql',
  'fast-check',
  'lodash',
];
const outputBytesMax = 64 * 1024 * 1024;

const cruised = async (folder: string): Promise<readonly string[]> => {
  const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [tool, '--config', config, '--output-type', 'json', '.'],
    { cwd: folder, maxBuffer: outputBytesMax },
  ).catch((failure: { readonly stdout?: string }) => ({ stdout: failure.stdout ?? '' }));
  const report = JSON.parse(stdout) as Report;
  return report.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
};

const tree = async (content: 'forbidden' | 'allowed'): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'casement-boundaries-'));
  const texts: Record<string, string> = { ...surroundings };
  for (const one of cases) texts[one.file] = one[content];
  for (const name of installed) {
    texts[`node_modules/${name}/package.json`] = JSON.stringify({ name, main: 'index.js' });
    texts[`node_modules/${name}/index.js`] = 'export const thing = 1;\n';
  }
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  return folder;
};

describe('the boundaries', () => {
  const folders: string[] = [];
  const violations: Record<'forbidden' | 'allowed', readonly string[]> = {
    forbidden: [],
    allowed: [],
  };

  beforeAll(async () => {
    for (const content of ['forbidden', 'allowed'] as const) {
      const folder = await tree(content);
      folders.push(folder);
      violations[content] = await cruised(folder);
    }
  });
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  for (const { ban, says, file } of cases)
    it(`${says} (${ban})`, () => {
      expect(violations.forbidden).toContainEqual(
        expect.stringMatching(new RegExp(`^${ban}: .*\\b${file.replaceAll('.', '\\.')}`)),
      );
    });

  it('lets the nearest allowed import of each pass', () => {
    expect(violations.allowed).toEqual([]);
  });

  it('proves every ban, and each states its reason', async () => {
    const { default: rules } = (await import(pathToFileURL(config).href)) as { default: Config };
    expect(new Set(rules.forbidden.map(({ name }) => name))).toEqual(
      new Set(cases.map(({ ban }) => ban)),
    );
    expect(rules.forbidden.filter(({ comment = '' }) => comment.length < 40)).toEqual([]);
  });

  it('holds in this very tree', async () => {
    expect(await cruised(root)).toEqual([]);
  });
});
