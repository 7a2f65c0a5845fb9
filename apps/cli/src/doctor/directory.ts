import { access, constants, stat, statfs } from 'node:fs/promises';
import { viewsFile } from '#view-store';
import { counted } from '../progress.js';
import { ok, problem, type Finding } from './finding.js';

const check = 'data directory';
const groupAndOthers = 0o077;
const mebibyte = 1024 * 1024;
/** Below this a log that grows as usual may be full before somebody looks again. */
const freeMebibytesMin = 256;

export type Directory = { readonly isThere: boolean; readonly findings: readonly Finding[] };

export const checkDirectory = async (directory: string): Promise<Directory> => {
  const found = await stat(directory).catch(() => null);
  if (!found?.isDirectory()) {
    const mend = 'start the engine once, or name the right one with --data-dir';
    return { isThere: false, findings: [problem(check, `${directory} is no directory`, mend)] };
  }
  return { isThere: true, findings: [await permissions(directory, found.mode)] };
};

/** The views hold in clear what the log keeps sealed: nobody else may look into the directory. */
const permissions = async (directory: string, mode: number): Promise<Finding> => {
  const { R_OK, W_OK, X_OK } = constants;
  const usable = await access(directory, R_OK | W_OK | X_OK).then(
    () => true,
    () => false,
  );
  if (!usable) return problem(check, `${directory} cannot be read and written`, 'run as its owner');
  if (process.platform !== 'win32' && (mode & groupAndOthers) !== 0)
    return problem(check, `${directory} is open to other users`, `chmod 700 ${directory}`);
  return ok(check, directory);
};

/** A rebuild needs the room of the views once more. */
export const checkRoom = async (directory: string): Promise<Finding> => {
  const { bavail, bsize } = await statfs(directory);
  const views = await stat(viewsFile(directory)).catch(() => null);
  const free = Math.floor((bavail * bsize) / mebibyte);
  const needed = freeMebibytesMin + Math.ceil((views?.size ?? 0) / mebibyte);
  const detail = `${counted(free)} MiB free`;
  return free >= needed
    ? ok('room', detail)
    : problem('room', detail, `make room: at least ${counted(needed)} MiB are needed`);
};
