import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout, seen from `dist/test/`, where the compiled specs run. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const skipped = new Set(['node_modules', 'dist', 'data', 'coverage', '.mutants', '.git']);

const walked = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (skipped.has(entry.name)) return [];
    return entry.isDirectory() ? walked(path) : entry.isFile() ? [relative(root, path)] : [];
  });

const tracked = (): readonly string[] | null => {
  try {
    const top = execFileSync('git', ['rev-parse', '--show-toplevel'], { cwd: root, stdio: 'pipe' });
    if (top.toString().trim() !== root) return null;
    const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const present = new Set(walked(root));
    return execFileSync('git', listed, { cwd: root, stdio: 'pipe', maxBuffer: 64 * 1024 * 1024 })
      .toString()
      .split('\0')
      .filter((path) => present.has(path));
  } catch {
    return null;
  }
};

/**
 * Every file of the project, relative to the root, sorted: what git tracks or would track, or,
 * outside a git checkout, everything that is not installed, built or data.
 */
export const files: readonly string[] = (tracked() ?? walked(root)).toSorted();

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');
