import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { files, read, root } from '../repository.js';
import { copiedSources, inImage, isIgnored } from './dockerfile.js';

type Locked = { readonly packages: { readonly [path: string]: { readonly dev?: boolean } } };

/** What `npm ci --omit=dev` puts at the top of node_modules. */
const packages = Object.entries((JSON.parse(read('package-lock.json')) as Locked).packages)
  .filter(([path, { dev = false }]) => !dev && /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path))
  .map(([path]) => path);

const compiled = (path: string): readonly string[] =>
  path.endsWith('.ts') ? [path.replace(/\.ts$/, '.js'), path.replace(/\.ts$/, '.js.map')] : [path];

/**
 * The work directory of the image, put together in `directory` from what is built and installed here,
 * as the Dockerfile and .dockerignore say: without specs and without packages for development. Those
 * that remain are links, so that what they need themselves is found in this checkout.
 */
export const assemble = async (directory: string): Promise<void> => {
  const put = async (from: string, to: string): Promise<void> => {
    await mkdir(dirname(join(directory, to)), { recursive: true });
    await cp(join(root, from), join(directory, to));
  };
  const entering = files.filter((file) => !isIgnored(file));
  const built = ['libs/', 'apps/'].filter((folder) => copiedSources.includes(folder));
  for (const source of entering.filter((file) => built.some((each) => file.startsWith(each))))
    for (const path of compiled(source).map((each) => join('dist', each)))
      if (isBuilt(path)) await put(path, path);
  for (const { flags, text } of inImage('COPY')) {
    const [source = '', target = ''] = text.split(/\s+/);
    if (flags['from'] === undefined && !target.startsWith('/'))
      await put(source, join(target, nameOf(source)));
  }
  for (const path of packages) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await symlink(join(root, path), join(directory, path));
  }
};

const nameOf = (path: string): string => path.split('/').at(-1) ?? path;

/** Types and READMEs are no part of the build. */
const isBuilt = (path: string): boolean =>
  !/\.d\.(?:ts|js)/.test(path) &&
  (/\.js(?:\.map)?$/.test(path) || /\.(?:graphql|html|css|json|svg)$/.test(path));
