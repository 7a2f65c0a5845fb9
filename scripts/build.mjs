// Compiles every TypeScript source to dist/, file by file, and copies what the sources read at run
// time (.graphql, .html, .css, .json). Only what changed is compiled, so that `npm start` may call
// it each time. Types are checked by `npm run typecheck`; the tests run the very files that ship.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const stampFile = join(dist, '.build.json');
const roots = ['libs', 'apps', 'test', 'bench'];
const copied = /\.(graphql|html|css|json|svg)$|\/page\/[^/]+\.js$/;
const concurrency = 16;

const options = {
  sourceMaps: true,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'es6' },
};

const listed = async (folder) =>
  (await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((path) => !path.includes('node_modules'));

const outputs = (path) => {
  if (path.endsWith('.d.ts')) return [];
  if (path.endsWith('.ts')) return [path.replace(/\.ts$/, '.js'), path.replace(/\.ts$/, '.js.map')];
  return copied.test(path) ? [path] : [];
};

const compile = async (path, text) => {
  const result = await transform(text, { ...options, filename: join(root, path) });
  const target = join(dist, path.replace(/\.ts$/, '.js'));
  const map = `\n//# sourceMappingURL=${target.split('/').at(-1)}.map\n`;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, result.code + map);
  await writeFile(`${target}.map`, result.map ?? '');
};

const buildOne = async (path, before, after) => {
  const bytes = await readFile(join(root, path));
  const hash = createHash('sha256').update(bytes).digest('hex');
  after[path] = hash;
  if (before[path] === hash) return 0;
  if (path.endsWith('.ts')) await compile(path, bytes.toString('utf8'));
  else {
    await mkdir(dirname(join(dist, path)), { recursive: true });
    await writeFile(join(dist, path), bytes);
  }
  return 1;
};

const toolHash = createHash('sha256')
  .update(await readFile(fileURLToPath(import.meta.url)))
  .digest('hex');
let stamp = { tool: '', files: {} };
try {
  stamp = JSON.parse(await readFile(stampFile, 'utf8'));
} catch {
  // A first build, or one that was interrupted: everything is compiled again.
}
if (stamp.tool !== toolHash) stamp = { tool: toolHash, files: {} };

const startedAt = performance.now();
const sources = (await Promise.all(roots.map(listed))).flat().filter((p) => outputs(p).length > 0);
const files = {};
let built = 0;
const queue = [...sources];
const worker = async () => {
  for (let path = queue.pop(); path !== undefined; path = queue.pop())
    built += await buildOne(path, stamp.files, files);
};
await Promise.all(Array.from({ length: concurrency }, worker));
for (const gone of Object.keys(stamp.files).filter((path) => !(path in files)))
  await Promise.all(outputs(gone).map((path) => rm(join(dist, path), { force: true })));
await mkdir(dist, { recursive: true });
await writeFile(stampFile, JSON.stringify({ tool: toolHash, files }));
if (built > 0)
  console.log(`built ${built} files in ${Math.round(performance.now() - startedAt)} ms`);
